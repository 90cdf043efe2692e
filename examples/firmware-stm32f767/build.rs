//! Links with the layout that the runtime brings, and the memory that the hardware abstraction
//! layer knows.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
