//! Links with the layout that the board's runtime brings.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
