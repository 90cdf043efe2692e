//! The suite, run on `eventgrid-reqwless` over embassy-net: two network stacks in memory, of which the far one passes on
//! to the suite's server what the near one sends.

mod device;
mod network;
#[path = "../on_a_thread/mod.rs"]
mod on_a_thread;
mod relay;

use std::process::ExitCode;
use std::sync::Arc;

use conformance::{Options, Part, Subject, run_without};
use on_a_thread::OnAThread;

fn main() -> ExitCode {
    // Its answers are carried to another thread as far as they fit.
    run_without("reqwless_embassy_net", &[Part::Tls, Part::Proxy, Part::Overflow], adapter)
}

fn adapter(options: &Options) -> Subject {
    let (response_timeout, idle_timeout) = (options.response_timeout, options.body_timeout);
    Arc::new(OnAThread::start(move |jobs| device::run(jobs, response_timeout, idle_timeout)))
}
