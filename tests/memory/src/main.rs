//! Publishes a million small events by each adapter, and fails if the memory in use has grown between the first tenth and
//! the end. Each adapter runs in a process of its own, and what takes the events in another one.
//!
//! `cargo run --release -p memory` runs all; an adapter's name as the argument runs that one.

mod publish;
mod sink;

use std::env::{args, current_exe};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let sound = match args().nth(1).as_deref() {
        None => ["hyper", "ureq"].into_iter().all(run_alone),
        Some("sink") => sink::run(),
        Some("hyper") => is_flat("hyper", publish::by_hyper),
        Some("ureq") => is_flat("ureq", publish::by_ureq),
        Some(name) => panic!("there is no adapter {name}: say hyper or ureq"),
    };
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_alone(adapter: &str) -> bool {
    Command::new(current_exe().unwrap()).arg(adapter).status().unwrap().success()
}

/// How many events are published.
const EVENTS: usize = 1_000_000;

/// How much more memory may be in use at the end, in bytes: the buffers of some more connections. A single byte lost with each
/// event would be nine times as much.
const ALLOWANCE: isize = 100_000;

/// Runs `publish`, which says how much memory is in use after a tenth of the events and after all.
fn is_flat(adapter: &str, publish: fn(endpoint: String, events: [usize; 2]) -> [isize; 2]) -> bool {
    let sink = sink::start();
    let [tenth, all] = publish(sink.endpoint(), [EVENTS / 10, EVENTS - EVENTS / 10]);
    println!("{adapter}: {tenth} bytes in use after {} events, {all} after {EVENTS}", EVENTS / 10);
    all - tenth <= ALLOWANCE
}
