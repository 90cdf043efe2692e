//! Measures the emulator and prints each figure beside its limit. Run it with `--release`.
//!
//! It never fails, because figures differ from machine to machine; ratios hardly do.

mod backlog;
mod bare;
mod cpu;
mod data;
mod folder;
mod polls;
mod publish;
mod push;
mod soak;

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
        Some("push") => push::measure(),
        Some("data") => data::measure(),
        Some("fill") => data::fill(&argument(2)),
        Some("soak") => return soak::soak(number(2)),
        _ => {
            eprintln!("usage: emulator-load backlog|polls|publish|push|data|soak [EVENTS]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn argument(index: usize) -> String {
    std::env::args().nth(index).unwrap_or_default()
}

fn number(index: usize) -> Option<u64> {
    argument(index).parse().ok()
}
