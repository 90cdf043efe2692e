//! Why no complete response came.

use std::{fmt, io};

use eventgrid_transport::{TransportError, TransportErrorKind};

/// Why no complete response came: what happened, and at which host and port.
#[derive(Debug)]
pub struct Error {
    authority: String,
    failure: Failure,
    may_have_been_sent: bool,
}

impl Error {
    pub(crate) fn new(authority: &str, failure: Failure, may_have_been_sent: bool) -> Self {
        Self { authority: authority.to_owned(), failure, may_have_been_sent }
    }
}

impl TransportError for Error {
    fn kind(&self) -> TransportErrorKind {
        self.failure.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.failure.kind, self.failure.what, self.authority)
    }
}

/// The same, where the host and what was sent are not known.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: TransportErrorKind,
    what: String,
}

impl Failure {
    pub(crate) fn new(kind: TransportErrorKind, what: impl fmt::Display) -> Self {
        Self { kind, what: what.to_string() }
    }

    /// What came back cannot be read.
    pub(crate) fn unreadable(what: impl fmt::Display) -> Self {
        Self::new(TransportErrorKind::Other, what)
    }

    /// The connection was closed too early.
    pub(crate) fn closed() -> Self {
        Self::new(TransportErrorKind::Interrupted, "the server closed the connection")
    }
}

/// What goes wrong on an open connection.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let kind =
            if is_timeout(&error) { TransportErrorKind::Timeout } else { TransportErrorKind::Interrupted };
        Self::new(kind, error)
    }
}

/// Systems report a time-out of a socket in either way.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}
