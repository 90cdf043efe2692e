//! What goes wrong while events are forwarded.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use eventgrid::with_causes;

use crate::error::OutboxError;
use crate::refused::RefusalReason;

/// Something that went wrong while events were forwarded. None of them is lost.
///
/// Its `Display` is one line for a log, without the data of events and without secrets.
#[derive(Debug)]
#[non_exhaustive]
pub enum OutboxNotice<'n> {
    /// Events could not be published. They stay in the file, and are sent again.
    PublishFailed {
        /// How many events.
        events: usize,
        /// Why the first of them was not published.
        error: &'n (dyn Error + 'static),
        /// Whether the error may pass by itself. If not, somebody must act, for example correct the
        /// credential or create the topic.
        is_retryable: bool,
        /// The wait before they are sent again.
        retry_in: Duration,
    },
    /// An event was set aside, because it would never be accepted. See
    /// [`Outbox::refused`](crate::Outbox::refused).
    Refused {
        /// Why.
        reason: RefusalReason,
        /// The reason as text.
        message: &'n str,
    },
    /// The file could not be read or written. Events that were published and cannot be removed are
    /// not sent again as long as the process lives.
    StorageFailed {
        /// Why.
        error: &'n OutboxError,
    },
}

impl fmt::Display for OutboxNotice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublishFailed { events: 1, error, retry_in, .. } => write!(
                f,
                "1 event could not be published and is sent again in {retry_in:.1?}: {}",
                with_causes(*error)
            ),
            Self::PublishFailed { events, error, retry_in, .. } => write!(
                f,
                "{events} events could not be published and are sent again in {retry_in:.1?}: {}",
                with_causes(*error)
            ),
            Self::Refused { reason, message } => write!(f, "an event was set aside: {reason}: {message}"),
            Self::StorageFailed { error } => with_causes(*error).fmt(f),
        }
    }
}
