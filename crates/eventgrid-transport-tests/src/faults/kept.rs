//! Connections that an earlier call has left open.

use eventgrid::TransportErrorKind::Interrupted;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::server::Script;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("closed", "it was closed since: another one is opened", Expected::DONE, |_| {
        Stage::kept_until_idle(Script::close)
    }),
    Fault::new("reset", "it was reset after its response: another one is opened", Expected::DONE, |_| {
        Stage::kept_until_idle(Script::reset)
    }),
    Fault::new(
        "closed_at_the_request",
        "it is closed when the request has arrived, and so are those after it",
        Expected::lost(Interrupted),
        Stage::kept_until_request,
    ),
];
