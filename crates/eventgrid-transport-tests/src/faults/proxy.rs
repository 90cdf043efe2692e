//! A proxy that the environment names.

use eventgrid::TransportErrorKind::Connect;

use super::expected::Expected;
use super::stage::success;
use super::{Fault, Stage};
use crate::options::{Options, Proxy};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "another_machine",
        "the environment names a proxy that refuses connections",
        Expected::unconnected(Connect),
        |_| in_environment(Stage::host("http://eventgrid.invalid")),
    ),
    Fault::new(
        "this_machine",
        "the environment names such a proxy, but the host is this machine, which needs none",
        Expected::DONE,
        |attempts| in_environment(Stage::responding(attempts, success())),
    ),
];

fn in_environment(stage: Stage) -> Stage {
    stage.options(Options { proxy: Proxy::Environment, ..Options::default() }).proxy_in_environment()
}
