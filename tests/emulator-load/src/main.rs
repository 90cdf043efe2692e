//! Measures the emulator and prints what came of it, each figure beside its limit. Run it with
//! `--release`.
//!
//! It fails nothing by itself, because figures differ from machine to machine; ratios hardly do.

mod backlog;
mod bare;
mod cpu;
mod polls;
mod publish;

use std::process::ExitCode;

use peak_alloc::PeakAlloc;

/// Counts what is allocated.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("backlog") => backlog::measure(),
        Some("polls") => polls::measure(),
        Some("publish") => publish::measure(),
        _ => {
            eprintln!("usage: emulator-load backlog|polls|publish");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
