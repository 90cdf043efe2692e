//! The suite of all transports, run on this one.

use std::process::ExitCode;

use eventgrid_transport_tests::{Part, run_without, subject};
use transport_of_your_own::StdTransport;

fn main() -> ExitCode {
    run_without("transport-of-your-own", &[Part::Tls, Part::Proxy], |options| {
        subject(StdTransport::new().limits(options.limits))
    })
}
