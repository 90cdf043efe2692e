//! Events without a verdict of their handler.

use std::fmt;

use eventgrid::event::MalformedEvent;
use eventgrid::{OwnedReceivedEvent, ReleaseDelay};

use super::{BoxError, Verdict};
use crate::spawn::Panic;

/// An event without a verdict of its handler, and why it has none.
#[derive(Debug)]
#[non_exhaustive]
pub struct EventFailure<'f> {
    /// The event.
    pub event: &'f OwnedReceivedEvent,
    /// Why it has no verdict.
    pub cause: FailureCause<'f>,
}

/// Why an event has no verdict of its handler.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum FailureCause<'f> {
    /// The handler returned an error.
    Error(&'f BoxError),
    /// The handler panicked, or its runtime shut down.
    Panicked(&'f Panic),
    /// The handler took longer than [`Processor::event_timeout`](crate::Processor::event_timeout);
    /// it was dropped.
    TimedOut,
    /// The event was delivered more often than
    /// [`Processor::max_deliveries`](crate::Processor::max_deliveries) allows. No handler got it.
    Poison,
    /// The event cannot be read. No handler got it.
    Malformed(MalformedEvent),
}

impl EventFailure<'_> {
    /// The verdict on the event unless [`Processor::on_failure`](crate::Processor::on_failure) says
    /// otherwise. After an error, a panic or a time-out, it is released for ten seconds; if it is
    /// poison or malformed, it is rejected.
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
            Self::Panicked(panic) => write!(f, "the handler did not complete: {panic}"),
            Self::TimedOut => f.write_str("the handler took too long"),
            Self::Poison => f.write_str("the event was delivered too often"),
            Self::Malformed(error) => error.fmt(f),
        }
    }
}
