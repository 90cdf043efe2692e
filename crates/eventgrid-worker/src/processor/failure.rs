//! Events that have no verdict of a handler's.

use std::fmt;

use eventgrid::event::MalformedEvent;
use eventgrid::{OwnedReceivedEvent, ReleaseDelay};

use super::{BoxError, Verdict};
use crate::spawn::Panic;

/// An event that was not handled, or not to an end, and why.
#[derive(Debug)]
#[non_exhaustive]
pub struct EventFailure<'f> {
    /// The event.
    pub event: &'f OwnedReceivedEvent,
    /// Why it has no verdict.
    pub cause: FailureCause<'f>,
}

/// Why an event has no verdict of a handler's.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum FailureCause<'f> {
    /// The handler gave an error.
    Error(&'f BoxError),
    /// The handler panicked, or its runtime ended it.
    Panicked(&'f Panic),
    /// The handler took longer than [`Processor::event_timeout`](crate::Processor::event_timeout);
    /// it was dropped.
    TimedOut,
    /// It was delivered more often than
    /// [`Processor::max_deliveries`](crate::Processor::max_deliveries) allows; no handler was given
    /// it.
    Poison,
    /// It cannot be read; no handler was given it.
    Malformed(MalformedEvent),
}

impl EventFailure<'_> {
    /// What becomes of it unless [`Processor::on_failure`](crate::Processor::on_failure) says
    /// otherwise: released for ten seconds after an error, a panic or a time-out, rejected if it is
    /// poison or malformed.
    pub fn default_verdict(&self) -> Verdict {
        match self.cause {
            FailureCause::Error(_) | FailureCause::Panicked(_) | FailureCause::TimedOut => {
                Verdict::Release(ReleaseDelay::TenSeconds)
            }
            FailureCause::Poison | FailureCause::Malformed(_) => Verdict::Reject,
        }
    }
}

impl fmt::Display for FailureCause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "the handler failed: {error}"),
            Self::Panicked(panic) => write!(f, "the handler did not come to its end: {panic}"),
            Self::TimedOut => f.write_str("the handler took too long"),
            Self::Poison => f.write_str("the event was delivered too often"),
            Self::Malformed(error) => error.fmt(f),
        }
    }
}
