//! Takes the example for devices out of the project's README, which is compiled with a heap by
//! `cargo test --workspace`.

use std::path::Path;
use std::{env, fs};

const README: &str = "../../README.md";

fn main() {
    println!("cargo::rerun-if-changed={README}");
    let readme = fs::read_to_string(README).expect("the README of the project is readable");
    let (_, section) = readme.split_once("## First steps, on a device").expect("the README has the section");
    let (_, code) = section.split_once("```rust\n").expect("the section has an example");
    let (code, _) = code.split_once("```").expect("the example ends");
    // An adapter brings that crate along.
    let code = code.replace("eventgrid_reqwless::eventgrid", "eventgrid");
    let folder = env::var("OUT_DIR").expect("cargo names the folder");
    fs::write(Path::new(&folder).join("readme.rs"), code).expect("the folder is writable");
}
