//! The rows of the suite, and the parts of it that an adapter may leave out.

use crate::subject::Adapter;

/// A row's name, and the row.
pub(crate) type Row = (&'static str, fn(Adapter));

/// What an adapter may leave out, see [`run_without`](crate::run_without).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Connections that are secured: the rows `transport::tls` and `faults::tls`. An adapter
    /// without them refuses `https` URLs with
    /// [`TransportErrorKind::Tls`](eventgrid_transport::TransportErrorKind::Tls), which a row of
    /// its own checks.
    Tls,
    /// What the environment of an operating system says, ways through a proxy and whom to trust:
    /// the rows `transport::proxy`, `transport::roots` and `faults::proxy`.
    Proxy,
    /// Responses that the caller reads in pieces: the rows `transport::open`. An adapter that
    /// offers them is made a subject by [`open_subject`](crate::open_subject).
    Open,
    /// What is left of a batch that does not fit: the rows `client::overflow`. Only an adapter that
    /// is itself cut off from the client's buffer, for example by a thread, leaves it out.
    Overflow,
}

impl Part {
    /// Whether a row is one of it: that is the name of the row's file.
    pub(crate) fn has(self, row: &str) -> bool {
        let files: &[&str] = match self {
            Self::Tls => &["tls"],
            Self::Proxy => &["proxy", "roots"],
            Self::Open => &["open"],
            Self::Overflow => &["overflow"],
        };
        row.split("::").any(|segment| files.contains(&segment))
    }

    /// Who offers it.
    pub(crate) fn who(self) -> &'static str {
        match self {
            Self::Tls => "Of every adapter with TLS.",
            Self::Proxy => {
                "Of every adapter that knows of proxies; to the others the environment is nothing."
            }
            Self::Open => "Of every adapter whose responses can be read in pieces.",
            Self::Overflow => "Of every adapter that has the client's own buffer.",
        }
    }
}
