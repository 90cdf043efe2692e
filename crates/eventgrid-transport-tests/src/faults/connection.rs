//! Connections that cannot be opened.

use eventgrid::TransportErrorKind::{Connect, Resolve};

use super::expected::Expected;
use super::{Fault, Stage};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("refused", "the host refuses the connection", Expected::unconnected(Connect), |_| {
        Stage::nobody()
    }),
    Fault::new(
        "unresolved",
        "the host's name has no address",
        Expected::unconnected(Resolve),
        // RFC 6761 keeps `invalid` free.
        |_| Stage::host("http://eventgrid.invalid"),
    ),
];
