//! The suite, run on `eventgrid-reqwless` over embassy-net: two network stacks in memory, of which
//! the far one forwards to the suite's server what the near one sends.

mod device;
mod network;
#[path = "../on_a_thread/mod.rs"]
mod on_a_thread;
mod relay;

use std::process::ExitCode;

use eventgrid_transport_tests::{Options, Part, Subject, run_without, subject};
use on_a_thread::OnAThread;

/// The room of a slot for the head of a response: what the contract asks for, and some for the
/// rest.
const HEAD: usize = 20 << 10;

fn main() -> ExitCode {
    // Its responses are carried to another thread as far as they fit.
    run_without(&[Part::Tls, Part::Proxy, Part::Open, Part::Overflow], adapter)
}

fn adapter(options: &Options) -> Subject {
    let limits = options.limits;
    subject(OnAThread::start(move |jobs| device::run(jobs, limits)))
}
