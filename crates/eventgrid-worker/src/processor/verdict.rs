//! What is to become of an event.

use std::error::Error;
use std::fmt;

use eventgrid::{ReleaseDelay, SettleAction};

/// What is to become of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was handled: the subscription forgets it.
    Acknowledge,
    /// It was not handled: it becomes available again, after a delay.
    Release(ReleaseDelay),
    /// It cannot be handled: it is dead-lettered if the subscription has a place for that, or else
    /// dropped.
    Reject,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.action().fmt(f)
    }
}

impl Verdict {
    pub(super) fn action(self) -> SettleAction {
        match self {
            Self::Acknowledge => SettleAction::Acknowledge,
            Self::Release(delay) => SettleAction::Release(delay),
            Self::Reject => SettleAction::Reject,
        }
    }
}

/// Any error that a handler can give.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What a handler may return: nothing (the event is acknowledged), a [`Verdict`], or a `Result` of
/// these, whose error is judged by [`Processor::on_failure`](crate::Processor::on_failure).
#[diagnostic::on_unimplemented(
    message = "a handler must not return `{Self}`",
    note = "return `()` to acknowledge the event, a `Verdict`, or a `Result` of one of these whose error becomes a `BoxError`"
)]
pub trait IntoVerdict {
    /// The verdict, or why there is none.
    ///
    /// # Errors
    /// The handler's own error.
    fn into_verdict(self) -> Result<Verdict, BoxError>;
}

impl IntoVerdict for () {
    fn into_verdict(self) -> Result<Verdict, BoxError> {
        Ok(Verdict::Acknowledge)
    }
}

impl IntoVerdict for Verdict {
    fn into_verdict(self) -> Result<Verdict, BoxError> {
        Ok(self)
    }
}

impl<A: IntoVerdict, E: Into<BoxError>> IntoVerdict for Result<A, E> {
    fn into_verdict(self) -> Result<Verdict, BoxError> {
        self.map_err(Into::into)?.into_verdict()
    }
}
