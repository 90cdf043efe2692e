//! The rows of the suite, and the parts of it that an adapter may leave out.

use crate::subject::Adapter;

/// A row's name, and the row.
pub(crate) type Row = (&'static str, fn(Adapter));

/// What an adapter may leave out, see [`run_without`](crate::run_without).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// TLS: the rows `transport::tls` and `faults::tls`. An adapter without it must refuse `https`
    /// URLs with [`TransportErrorKind::Tls`](eventgrid_transport::TransportErrorKind::Tls); a
    /// separate row checks that.
    Tls,
    /// Proxies and trusted certificates from the environment of an operating system: the rows
    /// `transport::proxy`, `transport::roots` and `faults::proxy`.
    Proxy,
    /// Responses that the caller reads in pieces: the rows `transport::open`. For an adapter that
    /// offers them, make the subject by [`open_subject`](crate::open_subject).
    Open,
    /// What the client knows of a batch that does not fit: the rows `client::overflow`. Only an
    /// adapter that has no access to the client's buffer, for example because of a thread, may
    /// leave it out.
    Overflow,
}

impl Part {
    /// Whether a row belongs to it, by the name of the row's file.
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
            Self::Tls => "For every adapter with TLS.",
            Self::Proxy => "For every adapter that supports proxies; the others ignore the environment.",
            Self::Open => "For every adapter whose responses can be read in pieces.",
            Self::Overflow => "For every adapter that has the client's own buffer.",
        }
    }
}
