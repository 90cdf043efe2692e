//! Publishes a million small events by each adapter and consumes a million. Fails if the memory in
//! use has grown between the first tenth and the end, or was ever more than the adapter may use.
//! Each adapter runs in a process of its own, and the service in another one. Then it measures the
//! memory of a waiting long poll.
//!
//! `cargo run --release -p memory` runs all; with the name of an adapter as the argument it runs
//! that one, and with `polls` the long polls.

mod by_hyper;
mod by_ureq;
mod memory;
mod polls;
mod sink;

use std::env::{args, current_exe};
use std::process::{Command, ExitCode};

use eventgrid_hyper::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, Subscription};

fn main() -> ExitCode {
    let sound = match args().nth(1).as_deref() {
        None => ["hyper", "ureq", "polls"].into_iter().all(run_alone),
        Some("polls") => polls::are_small(),
        Some("sink") => sink::run(),
        Some("hyper") => is_flat_and_small("hyper", 16 << 20, &[by_hyper::publish, by_hyper::consume]),
        Some("ureq") => is_flat_and_small("ureq", 8 << 20, &[by_ureq::publish, by_ureq::consume]),
        Some(name) => panic!("there is no adapter {name}: say hyper, ureq or polls"),
    };
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_alone(part: &str) -> bool {
    Command::new(current_exe().unwrap()).arg(part).status().unwrap().success()
}

/// How many events are published, and how many are consumed.
const EVENTS: usize = 1_000_000;

/// How many tasks or threads work at the same time.
const AT_ONCE: usize = 8;

/// How many events are received at a time.
const BATCH: usize = 100;

/// How much more memory may be in use at the end, in bytes. All connections are there at the first
/// look. A single byte lost with each event would be nine times as much.
const ALLOWANCE: usize = 100_000;

/// Does something to so many events, and then to so many more; says how much memory is in use after
/// the first and at the end.
type Work = fn(endpoint: String, events: [usize; 2]) -> [usize; 2];

fn is_flat_and_small(adapter: &str, limit: usize, works: &[Work]) -> bool {
    let sink = sink::start();
    let mut is_flat = true;
    for work in works {
        let [tenth, all] = work(sink.endpoint(), [EVENTS / 10, EVENTS - EVENTS / 10]);
        println!("{adapter}: {tenth} bytes in use after {} events, {all} after {EVENTS}", EVENTS / 10);
        is_flat &= all <= tenth + ALLOWANCE;
    }
    let peak = memory::peak();
    println!("{adapter}: {peak} bytes in use at most, of {limit}; {} kB resident", memory::resident());
    is_flat && peak <= limit
}

fn key() -> AccessKey<'static> {
    AccessKey::new("c2VjcmV0")
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text("71 degrees"))
}

fn topic(endpoint: String) -> NamespaceTopic<'static> {
    NamespaceTopic::new(endpoint, "readings").unwrap()
}

fn subscription(endpoint: String) -> Subscription<'static> {
    Subscription::new(endpoint, "readings", "all").unwrap()
}

fn a_batch() -> ReceiveOptions {
    ReceiveOptions::new().max_events(BATCH.try_into().unwrap())
}
