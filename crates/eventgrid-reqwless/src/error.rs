//! Why no complete response came, and whether the request may have been sent.

use core::fmt;

use embedded_io_async::ErrorKind;
use eventgrid::TransportError;
use eventgrid::TransportErrorKind::{self, Interrupted, Timeout, Tls};
use eventgrid_transport::http1::HttpError;

/// Why no complete response came. Its [`source`](core::error::Error::source) has the details.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    source: Reason,
}

/// The reason of an error, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason(Words);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    Text(&'static str),
    Http(HttpError),
}

impl Reason {
    pub(crate) const fn new(words: &'static str) -> Self {
        Self(Words::Text(words))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Words::Text(text) => f.write_str(text),
            Words::Http(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Reason {}

impl Error {
    /// The reason, which is the source of this error. A device can print its text without the code
    /// for `Debug`, which takes 5 kB of flash.
    pub const fn reason(&self) -> Reason {
        self.source
    }

    /// An error of an attempt. [`if_sent`](Self::if_sent) adds at the end whether any byte was
    /// sent.
    pub(crate) const fn new(kind: TransportErrorKind, reason: &'static str) -> Self {
        Self { kind, may_have_been_sent: false, source: Reason::new(reason) }
    }

    /// The error of reading or writing.
    #[inline(never)]
    pub(crate) fn io(kind: ErrorKind, is_secure: bool) -> Self {
        match kind {
            ErrorKind::TimedOut => Self::new(Timeout, "the network gave up waiting"),
            // A server refuses a client after the handshake.
            ErrorKind::PermissionDenied if is_secure => {
                Self::new(Tls, "the server refuses this client: check the client's certificate")
            }
            _ => Self::new(Interrupted, "the connection broke"),
        }
    }

    /// The same error of an attempt that has sent this many bytes.
    pub(crate) const fn if_sent(mut self, sent: u64) -> Self {
        self.may_have_been_sent = sent > 0;
        self
    }
}

/// Why a [`Socket`](crate::Socket) could not open a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ConnectError {
    kind: TransportErrorKind,
    #[source]
    reason: Reason,
}

impl ConnectError {
    /// An error of that kind: [`Resolve`](TransportErrorKind::Resolve),
    /// [`Connect`](TransportErrorKind::Connect), [`Tls`](TransportErrorKind::Tls) or
    /// [`Timeout`](TransportErrorKind::Timeout). The reason says what happened, in lower case and
    /// without a full stop.
    pub const fn new(kind: TransportErrorKind, reason: &'static str) -> Self {
        Self { kind, reason: Reason::new(reason) }
    }

    /// The kind of the failure.
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        Self { kind: error.kind, may_have_been_sent: false, source: error.reason }
    }
}

impl From<HttpError> for Error {
    #[inline(never)]
    fn from(error: HttpError) -> Self {
        Self { kind: error.kind(), may_have_been_sent: false, source: Reason(Words::Http(error)) }
    }
}

impl TransportError for Error {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_enough_to_be_held() {
        let pointer = size_of::<usize>();
        assert_eq!(size_of::<Error>(), 4 * pointer);
        // Features for hosts take one of them, where other crates ask for these.
        assert!(size_of::<eventgrid::Error<'_, Error>>() <= 12 * pointer);
    }
}
