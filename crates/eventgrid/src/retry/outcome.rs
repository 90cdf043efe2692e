//! How an attempt ended.

use core::time::Duration;

use eventgrid_transport::TransportErrorKind;

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// The service responded.
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the service asks to wait.
        retry_after: Option<Duration>,
    },
    /// No complete response came.
    Failure {
        /// Why.
        kind: TransportErrorKind,
        /// Whether the service may have seen the request all the same.
        may_have_been_sent: bool,
    },
}

impl AttemptOutcome {
    /// Whether another attempt may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            Self::Failure { kind, .. } => kind.is_transient(),
        }
    }

    /// Whether no connection could be opened: it was refused, or the host has no address.
    pub(crate) fn is_without_connection(&self) -> bool {
        matches!(self, Self::Failure { kind: TransportErrorKind::Connect | TransportErrorKind::Resolve, .. })
    }

    /// Whether the service may have done what was asked although no response confirmed it.
    pub fn may_have_been_acted_on(&self) -> bool {
        match self {
            // This is an assumption: a service that is too busy (429) or not available (503)
            // responds so before it acts.
            Self::Status { status, .. } => matches!(status, 408 | 500 | 502 | 504),
            Self::Failure { may_have_been_sent, .. } => *may_have_been_sent,
        }
    }
}
