//! What a failure means for an event: it is sent again, or never.

use std::sync::Arc;

use eventgrid::{Error, TransportError, with_causes};
use eventgrid_worker::{PublishError, SendError};

use crate::refused::RefusalReason;

/// What becomes of an event that was not published.
pub(super) enum Failure<X> {
    /// The event will never be accepted unless it is changed.
    Refused(RefusalReason, String),
    /// The event was not sent because an earlier one of its key failed.
    Paused,
    /// The event is sent again later.
    Later(Option<Arc<Error<'static, X>>>),
}

/// What follows for an event that the batcher took.
pub(super) fn of_report<X: TransportError + 'static>(error: PublishError<X>) -> Failure<X> {
    match error {
        PublishError::Failed(error) => match refusal_of(&error) {
            // The batcher halves such requests until an event is alone in one.
            Some(reason) => Failure::Refused(reason, with_causes(&*error).to_string()),
            None => Failure::Later(Some(error)),
        },
        PublishError::Paused => Failure::Paused,
        // No event is displaced here, and a batcher that was stopped sends no more.
        _ => Failure::Later(None),
    }
}

/// What follows for an event that the batcher did not take.
pub(super) fn of_sending<X>(error: &SendError) -> Failure<X> {
    match error {
        SendError::TooLarge { .. } => Failure::Refused(RefusalReason::TooLarge, error.to_string()),
        SendError::Invalid(_) => Failure::Refused(RefusalReason::Invalid, with_causes(error).to_string()),
        SendError::Paused => Failure::Paused,
        _ => Failure::Later(None),
    }
}

/// Why the service or the client refuses an event that is alone in its request, or `None` if the
/// event is not the reason: a refused credential or topic concerns all events, and can be
/// corrected.
fn refusal_of<X>(error: &Error<'_, X>) -> Option<RefusalReason> {
    match error.status() {
        Some(status @ (400 | 413)) => Some(RefusalReason::Status(status)),
        None if error.is_too_large() => Some(RefusalReason::TooLarge),
        _ => None,
    }
}
