//! The verdict on an event.

use std::error::Error;
use std::fmt;

use eventgrid::{ReleaseDelay, SettleAction};

/// What the processor does with an event after it was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The event was handled. The subscription removes it.
    Acknowledge,
    /// The event was not handled. It becomes available again after a delay.
    Release(ReleaseDelay),
    /// The event cannot be handled. It is dead-lettered if the subscription has a destination for
    /// that, and dropped otherwise.
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

/// Any error that a handler can return.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What a handler may return: `()`, so that the event is acknowledged; a [`Verdict`]; or a `Result`
/// of one of these, whose error goes to the policy of
/// [`Processor::on_failure`](crate::Processor::on_failure).
#[diagnostic::on_unimplemented(
    message = "a handler must not return `{Self}`",
    note = "return `()` to acknowledge the event, a `Verdict`, or a `Result` of one of these whose error becomes a `BoxError`"
)]
pub trait IntoVerdict {
    /// Returns the verdict, or the error that is the reason why there is none.
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
