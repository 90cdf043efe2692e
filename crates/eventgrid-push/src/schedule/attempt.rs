//! One attempt to push, and how it ended.

use std::time::Duration;

/// An attempt that ended.
///
/// All times are counted from when the event was published.
///
/// ```
/// use std::time::Duration;
///
/// use eventgrid_push::{Attempt, AttemptResult};
///
/// let attempt = Attempt::new(2, AttemptResult::Status(503))
///     .first_began(Duration::from_millis(20))
///     .ended(Duration::from_secs(11));
/// assert_eq!(attempt.number, 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Which attempt it was, from 1.
    pub number: u32,
    /// When the first attempt began, after the event was published.
    pub first_began: Duration,
    /// When this attempt ended, after the event was published.
    pub ended: Duration,
    /// How it ended.
    pub result: AttemptResult,
}

impl Attempt {
    /// An attempt that took no time, at the moment when the event was published. `number` is from
    /// 1;
    /// 0 counts as 1.
    pub const fn new(number: u32, result: AttemptResult) -> Self {
        let number = if number == 0 { 1 } else { number };
        Self { number, first_began: Duration::ZERO, ended: Duration::ZERO, result }
    }

    /// Sets when the first attempt began, after the event was published.
    #[must_use]
    pub const fn first_began(mut self, after_publication: Duration) -> Self {
        self.first_began = after_publication;
        self
    }

    /// Sets when this attempt ended, after the event was published.
    #[must_use]
    pub const fn ended(mut self, after_publication: Duration) -> Self {
        self.ended = after_publication;
        self
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttemptResult {
    /// A response came, with this status. A redirect is a response like others: the service is not
    /// known to follow one.
    Status(u16),
    /// No response came within [`response_timeout`](super::DeliveryTier::response_timeout).
    TimedOut,
    /// The connection could not be made, or broke: refused, reset, wrong certificate, or a response
    /// that is not HTTP.
    SocketError,
    /// The name of the endpoint's host could not be resolved.
    ResolutionError,
}
