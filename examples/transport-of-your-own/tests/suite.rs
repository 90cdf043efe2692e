//! The suite for transports, run on this one.

use std::process::ExitCode;

use eventgrid_transport_tests::{Part, open_subject, run_without};
use transport_of_your_own::StdTransport;

fn main() -> ExitCode {
    run_without(&[Part::Tls, Part::Proxy], |options| open_subject(StdTransport::new().limits(options.limits)))
}
