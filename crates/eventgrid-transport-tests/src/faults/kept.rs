//! Connections that an earlier call has left open.

use eventgrid::TransportErrorKind::Interrupted;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::server::Script;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("closed", "the connection was closed since: another one is opened", Expected::DONE, |_| {
        Stage::kept_until_idle(Script::close)
    }),
    Fault::new(
        "reset",
        "the connection was reset after its response: another one is opened",
        Expected::DONE,
        |_| Stage::kept_until_idle(Script::reset),
    ),
    Fault::new(
        "closed_at_the_request",
        "the connection is closed when the request has arrived, and so are those after it",
        Expected::lost(Interrupted),
        Stage::kept_until_request,
    ),
];
