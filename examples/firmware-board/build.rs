//! Puts the memory layout of the target where the linker looks for it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let layout = match env::var("CARGO_CFG_TARGET_ARCH").as_deref() {
        Ok("arm") => "mps2.x",
        Ok("riscv32") => "virt.x",
        _ => panic!(
            "firmware-board is for --target thumbv7m-none-eabi, thumbv7em-none-eabihf or riscv32imac-unknown-none-elf"
        ),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::copy(layout, out.join("memory.x")).expect("the layout can be copied");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rerun-if-changed={layout}");
}
