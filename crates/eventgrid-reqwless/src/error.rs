//! Why no complete answer came, and whether the request may have been sent.

use eventgrid::{TransportError, TransportErrorKind};

use crate::ConnectError;

/// Why no complete answer came. Its [`source`](core::error::Error::source) has the details.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
    source: Reason,
}

/// What went wrong, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reason(pub(crate) &'static str);

impl Error {
    /// What went wrong: its source, of which a device can print the words without those for debugging, 5 kB of flash.
    pub const fn reason(&self) -> Reason {
        self.source
    }

    /// What kept the request from being sent at all.
    pub(crate) const fn unsent(kind: TransportErrorKind, reason: &'static str) -> Self {
        Self { kind, may_have_been_sent: false, source: Reason(reason) }
    }

    /// Why there is no connection.
    pub(crate) const fn not_connected(error: ConnectError) -> Self {
        Self { kind: error.kind, may_have_been_sent: false, source: error.reason }
    }

    /// What ended an exchange.
    pub(crate) const fn sent(kind: TransportErrorKind, reason: &'static str) -> Self {
        Self { kind, may_have_been_sent: true, source: Reason(reason) }
    }

    /// The same, when none of the request's bytes has left.
    pub(crate) const fn if_sent(mut self, sent: bool) -> Self {
        self.may_have_been_sent = sent;
        self
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
