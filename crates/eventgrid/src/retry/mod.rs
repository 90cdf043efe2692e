//! Whether an attempt is followed by another, and after how long. The decision depends only on its
//! arguments, without a clock and without I/O.
//!
//! Waiting, and counting the attempts of an operation, is done in `client`.

mod outcome;

pub use outcome::AttemptOutcome;

use core::time::Duration;

use eventgrid_transport::Replay;

/// When to retry, and after how long. It decides by the outcome of an attempt, without a clock and
/// without I/O.
///
/// An attempt is retried after the statuses 408, 429, 500, 502, 503 and 504, with or without
/// `Retry-After`, and if no response came: an unknown host, no connection, a time-out, an
/// interruption. The delay doubles with each attempt, is jittered down to half of that, and is
/// never shorter than the service asks for.
///
/// If no connection can be opened, because it is refused or the host is unknown, there is only one
/// retry by default, so that a wrong address or a service that is not running is reported within a
/// second. (The Python SDK does not retry this at all.) A program that stores events until the
/// service can be reached should allow more by [`with_max_retries`](Self::with_max_retries).
///
/// ```
/// use core::time::Duration;
/// use eventgrid::{AttemptOutcome, Replay, RetryPolicy};
///
/// let retry = RetryPolicy::default();
/// let busy = AttemptOutcome::Status { status: 503, retry_after: Some(Duration::from_secs(7)) };
/// assert_eq!(retry.delay(1, &busy, Replay::Always, 0), Some(Duration::from_secs(7)));
/// let refused = AttemptOutcome::Status { status: 403, retry_after: None };
/// assert_eq!(retry.delay(1, &refused, Replay::Always, 0), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many retries there are at most. Default: 3.
    pub max_retries: u32,
    /// How many of them are allowed if no connection can be opened
    /// ([`Connect`](eventgrid_transport::TransportErrorKind::Connect) and
    /// [`Resolve`](eventgrid_transport::TransportErrorKind::Resolve)). After an attempt of the same
    /// call had a connection, all of [`max_retries`](Self::max_retries) are allowed, because the
    /// address is right and the service may be restarting. Default: 1.
    pub max_connect_retries: u32,
    /// The delay before the first retry. It doubles with each further one. Default: 0.8 s.
    pub base_delay: Duration,
    /// The longest delay, unless the service asks for a longer one. Default: 60 s.
    pub max_delay: Duration,
    /// How long the operation may take in all, without the wait time of a long poll. No retry
    /// begins after this time: a `Retry-After` beyond it ends the operation at once, with the
    /// response that asked for it. An attempt in progress at that time ends as a time-out. A
    /// credential that is fetching a token is not interrupted. Default: 5 minutes.
    pub total: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl RetryPolicy {
    pub(crate) const DEFAULT: Self = Self {
        max_retries: 3,
        max_connect_retries: 1,
        base_delay: Duration::from_millis(800),
        max_delay: Duration::from_secs(60),
        total: Duration::from_secs(300),
    };

    /// The default policy of a client.
    pub const fn new() -> Self {
        Self::DEFAULT
    }

    /// Sets how many retries there are at most, after any failure. Default: 3, and 1 if no
    /// connection can be opened.
    ///
    /// ```
    /// use eventgrid::RetryPolicy;
    ///
    /// // For an hour or so, also while the service cannot be reached.
    /// let patient = RetryPolicy::new().with_max_retries(60);
    /// assert_eq!(patient.max_connect_retries, 60);
    /// // The same, but a connection that is refused is reported at once.
    /// let alert = patient.with_max_connect_retries(0);
    /// assert_eq!((alert.max_retries, alert.max_connect_retries), (60, 0));
    /// ```
    #[must_use]
    pub const fn with_max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self.max_connect_retries = retries;
        self
    }

    /// Sets [`max_connect_retries`](Self::max_connect_retries), after
    /// [`with_max_retries`](Self::with_max_retries), which sets both. Default: 1.
    #[must_use]
    pub const fn with_max_connect_retries(mut self, retries: u32) -> Self {
        self.max_connect_retries = retries;
        self
    }

    /// Sets the delay before the first retry. Default: 0.8 s.
    #[must_use]
    pub const fn with_base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest delay, unless the service asks for a longer one. Default: 60 s.
    #[must_use]
    pub const fn with_max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets how long the operation may take in all. Default: 5 minutes.
    #[must_use]
    pub const fn with_total(mut self, time: Duration) -> Self {
        self.total = time;
        self
    }

    /// A policy without retries.
    pub const fn none() -> Self {
        Self::DEFAULT.with_max_retries(0)
    }

    /// How long to wait before the next attempt, or `None` if `outcome` must be reported.
    ///
    /// `attempt` is the number of attempts made, from 1; `random_value` is a random number.
    pub fn delay(
        &self,
        attempt: u32,
        outcome: &AttemptOutcome,
        replay: Replay,
        random_value: u64,
    ) -> Option<Duration> {
        let harmless = replay == Replay::Always || !outcome.may_have_been_acted_on();
        let max_retries = if outcome.is_without_connection() {
            self.max_retries.min(self.max_connect_retries)
        } else {
            self.max_retries
        };
        if attempt > max_retries || !outcome.is_transient() || !harmless {
            return None;
        }
        let max = microseconds(self.max_delay);
        let doubled = |delay: u64, _| max.min(delay * 2);
        // No more doublings make a difference.
        let half = (1..attempt.min(u64::BITS)).fold(max.min(microseconds(self.base_delay)), doubled) / 2;
        // 1024 steps are enough to keep clients apart.
        let jitter = half * (random_value % 1025) / 1024;
        let asked = match outcome {
            AttemptOutcome::Status { retry_after, .. } => retry_after.unwrap_or_default(),
            AttemptOutcome::Failure { .. } => Duration::ZERO,
        };
        Some(asked.max(Duration::from_micros(half + jitter)))
    }
}

/// 136 years at most, so that nothing overflows that is reckoned with it.
fn microseconds(time: Duration) -> u64 {
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    u64::from(seconds) * 1_000_000 + u64::from(time.subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid_transport::TransportErrorKind::{
        Configuration, Connect, Interrupted, Other, Resolve, Timeout, Tls,
    };

    const BOTH: [Replay; 2] = [Replay::Always, Replay::OnlyIfNotActedOn];

    fn retried(outcome: AttemptOutcome) -> [bool; 2] {
        BOTH.map(|replay| RetryPolicy::default().delay(1, &outcome, replay, 0).is_some())
    }

    #[test]
    fn statuses_that_may_pass_are_retried() {
        for status in 100..600 {
            let outcome = AttemptOutcome::Status { status, retry_after: Some(Duration::from_secs(1)) };
            let expected = match status {
                429 | 503 => [true, true],
                408 | 500 | 502 | 504 => [true, false],
                _ => [false, false],
            };
            assert_eq!(retried(outcome), expected, "{status}");
        }
    }

    #[test]
    fn failures_that_may_pass_are_retried() {
        for (kind, transient) in [
            (Resolve, true),
            (Connect, true),
            (Timeout, true),
            (Interrupted, true),
            (Tls, false),
            (Configuration, false),
            (Other, false),
        ] {
            let outcome = |may_have_been_sent| AttemptOutcome::Failure { kind, may_have_been_sent };
            assert_eq!(retried(outcome(false)), [transient, transient], "{kind:?} before it was sent");
            assert_eq!(retried(outcome(true)), [transient, false], "{kind:?} when it may have been sent");
        }
    }

    #[test]
    fn the_delay_doubles_up_to_its_bound_and_is_jittered_to_half() {
        let retry = RetryPolicy::new().with_max_retries(u32::MAX);
        let busy = AttemptOutcome::Status { status: 503, retry_after: None };
        let delay = |attempt, random_value| {
            retry.delay(attempt, &busy, Replay::Always, random_value).unwrap().as_millis()
        };
        assert_eq!([1, 2, 3, 4].map(|attempt| delay(attempt, 0)), [400, 800, 1600, 3200]);
        assert_eq!(
            [1, 2, 3, 4].map(|attempt| delay(attempt, 1024).next_multiple_of(10)),
            [800, 1600, 3200, 6400]
        );
        for attempt in [8, 31, 32, 33, u32::MAX] {
            assert!((30_000..=60_000).contains(&delay(attempt, u64::MAX)), "{attempt}");
        }
    }

    #[test]
    fn the_service_may_ask_for_longer_but_not_for_shorter() {
        let retry = RetryPolicy::default();
        let asked =
            |seconds| AttemptOutcome::Status { status: 429, retry_after: Some(Duration::from_secs(seconds)) };
        let delay = |seconds| retry.delay(1, &asked(seconds), Replay::Always, 0).unwrap();
        assert_eq!(delay(0), Duration::from_millis(400));
        assert_eq!(delay(90), Duration::from_secs(90));
        assert_eq!(delay(u64::MAX), Duration::from_secs(u64::MAX));
    }

    #[test]
    fn a_connection_that_cannot_be_opened_is_reported_within_a_second() {
        let retry = RetryPolicy::default();
        for kind in [Connect, Resolve] {
            let outcome = AttemptOutcome::Failure { kind, may_have_been_sent: false };
            let delay =
                |retry: RetryPolicy, attempt| retry.delay(attempt, &outcome, Replay::Always, u64::MAX);
            assert!(delay(retry, 1).unwrap() <= Duration::from_millis(800), "{kind:?}");
            assert_eq!(delay(retry, 2), None, "{kind:?}");
            assert!(delay(retry.with_max_retries(9), 9).is_some(), "{kind:?}: told otherwise");
            assert_eq!(delay(retry.with_max_retries(9).with_max_connect_retries(0), 1), None, "{kind:?}");
            assert_eq!(delay(retry.with_max_retries(0).with_max_connect_retries(1), 1), None, "{kind:?}");
        }
        let late = AttemptOutcome::Failure { kind: Timeout, may_have_been_sent: false };
        assert!(retry.delay(3, &late, Replay::Always, 0).is_some(), "other failures have all retries");
    }

    #[test]
    fn no_more_retries_follow_than_are_allowed() {
        let busy = AttemptOutcome::Status { status: 503, retry_after: None };
        let retry = RetryPolicy::new().with_max_retries(2);
        let are_retried = [1, 2, 3].map(|attempt| retry.delay(attempt, &busy, Replay::Always, 0).is_some());
        assert_eq!(are_retried, [true, true, false]);
        assert_eq!(RetryPolicy::none().delay(1, &busy, Replay::Always, 0), None);
    }
}
