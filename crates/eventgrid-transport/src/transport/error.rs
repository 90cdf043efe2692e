//! Why no complete response came.

use core::error::Error;
use core::fmt;

/// Why no complete response came. Its text says what happened, to which host and port, and never
/// holds a credential.
pub trait TransportError: Error + 'static {
    /// What kind of failure it is.
    fn kind(&self) -> TransportErrorKind;

    /// Whether any byte of the request may have left.
    ///
    /// `false` only if it is certain that the service cannot have seen the request: then sending it
    /// again cannot do anything twice.
    fn may_have_been_sent(&self) -> bool;
}

/// The kinds of [`TransportError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport cannot do it as it is set up: a proxy of a kind that it does not support, TLS
    /// in a build without it, a request that cannot be written. Another attempt ends in the same
    /// way.
    Configuration,
    /// The host's name has no address.
    Resolve,
    /// No connection could be opened.
    Connect,
    /// The connection cannot be trusted, or the two sides found no common TLS version or cipher.
    Tls,
    /// A limit was exceeded, see [`Limits`](crate::Limits).
    Timeout,
    /// The connection broke before the response was complete.
    Interrupted,
    /// What came back is not HTTP, or something else went wrong.
    Other,
}

impl TransportErrorKind {
    /// Whether another attempt may succeed where this one failed.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect | Self::Timeout | Self::Interrupted)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configuration => "the transport cannot do this as it is set up",
            Self::Resolve => "the host's name has no address",
            Self::Connect => "no connection could be opened",
            Self::Tls => "the connection cannot be secured",
            Self::Timeout => "the service took too long",
            Self::Interrupted => "the connection broke before the response was complete",
            Self::Other => "what came back is not a response",
        })
    }
}
