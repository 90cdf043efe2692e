//! The suite, run on `eventgrid-reqwless` over embassy-net: two network stacks in memory, of which the far one passes on
//! to the suite's server what the near one sends.

mod carried;
mod device;
mod network;
mod relay;

use std::process::ExitCode;
use std::sync::Arc;

use conformance::{Options, Part, Subject, run_without};

fn main() -> ExitCode {
    run_without("reqwless_embassy_net", &[Part::Tls, Part::Proxy], adapter)
}

fn adapter(options: &Options) -> Subject {
    Arc::new(device::Device::start(options.response_timeout, options.body_timeout))
}
