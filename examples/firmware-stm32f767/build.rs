//! Links with the layout of the runtime and the memory map of the hardware abstraction layer.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
