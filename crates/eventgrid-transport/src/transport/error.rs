//! Why no complete response came.

use core::error::Error;
use core::fmt;

/// Why no complete response came. The text of the error says what happened and names the host and
/// port. It never contains a credential.
pub trait TransportError: Error + 'static {
    /// The kind of the failure.
    fn kind(&self) -> TransportErrorKind;

    /// Whether any byte of the request may have been sent.
    ///
    /// Return `false` only if it is certain that the service cannot have seen the request. The
    /// client then sends the request again even if having its effect twice would do harm.
    fn may_have_been_sent(&self) -> bool;
}

/// The kind of a [`TransportError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport is not able to send the request as it is set up: a kind of proxy that it does
    /// not support, TLS in a build without it, or a request that is not valid in HTTP. Another
    /// attempt ends in the same way.
    Configuration,
    /// The host's name could not be resolved to an address.
    Resolve,
    /// No connection could be opened.
    Connect,
    /// The TLS handshake failed: the server's certificate is not trusted, or the two sides have no
    /// TLS version or cipher in common. Or the server refuses the client, for example without a
    /// certificate, which it may say after a part of the request was sent.
    Tls,
    /// A time limit was exceeded, see [`Limits`](crate::Limits).
    Timeout,
    /// The connection broke before the response was complete.
    Interrupted,
    /// The response cannot be read as HTTP, or anything else went wrong.
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
            Self::Other => "what came back cannot be read as a response",
        })
    }
}
