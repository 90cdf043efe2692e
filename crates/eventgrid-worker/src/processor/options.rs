//! The options of a processor.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use eventgrid::ReceiveOptions;

use super::deliveries::LockTerms;
use super::settling::Gathering;
use super::{EventFailure, ProcessorNotice, Verdict};

/// What to do when the service refuses a receive for a reason that does not pass by itself: the
/// credential does not allow it (401, 403), there is no such event subscription (404, 410), the
/// subscription delivers by push (400), or the endpoint does not take such a request (400, 405,
/// 413). It also applies to a request that is not valid, so that it cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnRefusal {
    /// Ends the run with the error if no receive from the subscription has succeeded yet, since the
    /// program is then probably configured wrongly. After the first success, it is like
    /// [`Wait`](Self::Wait), since a key may be in the middle of a rotation.
    #[default]
    EndAtStart,
    /// Ends the run with the error, after the events that were received are handled and settled.
    End,
    /// Retries forever, after a minute that is jittered down to half of that.
    Wait,
}

/// The options of a processor; its methods document them.
pub(super) struct Options<X> {
    pub(super) concurrency: usize,
    pub(super) max_locks: Option<usize>,
    pub(super) max_bytes: usize,
    pub(super) receive_wait: Duration,
    pub(super) event_timeout: Option<Duration>,
    pub(super) max_deliveries: Option<u32>,
    pub(super) locks: LockTerms,
    pub(super) gathering: Gathering,
    pub(super) on_refusal: OnRefusal,
    pub(super) on_failure: FailureHook,
    pub(super) on_notice: Option<NoticeHook<X>>,
    #[cfg(feature = "metrics")]
    pub(super) metrics: Option<super::metrics::ProcessMetrics>,
}

pub(super) type FailureHook = Box<dyn Fn(&EventFailure<'_>) -> Verdict + Send + Sync>;
pub(super) type NoticeHook<X> = Box<dyn Fn(&ProcessorNotice<'_, X>) + Send + Sync>;

impl<X> Options<X> {
    pub(super) fn new() -> Self {
        Self {
            concurrency: 32,
            max_locks: None,
            max_bytes: 64 << 20,
            receive_wait: Duration::from_secs(10),
            event_timeout: None,
            max_deliveries: None,
            locks: LockTerms { duration: Duration::from_secs(60), max_renewal: Duration::from_secs(3600) },
            gathering: Gathering { count: 100, delay: Duration::from_millis(50) },
            on_refusal: OnRefusal::default(),
            on_failure: Box::new(|failure: &EventFailure<'_>| failure.default_verdict()),
            on_notice: None,
            #[cfg(feature = "metrics")]
            metrics: None,
        }
    }

    /// How many locks may be held at once.
    pub(super) fn lock_limit(&self) -> usize {
        self.max_locks.unwrap_or_else(|| self.concurrency.saturating_add(self.gathering.count))
    }

    /// How verdicts are gathered, for no longer than their locks allow.
    pub(super) fn gathering(&self) -> Gathering {
        Gathering { delay: self.gathering.delay.min(self.longest_wait()), ..self.gathering }
    }

    /// How long a verdict may wait, for others or after a failure, so that its lock leaves time for
    /// another attempt.
    pub(super) fn longest_wait(&self) -> Duration {
        self.locks.duration / 4
    }

    pub(super) fn receive(&self, events: usize) -> ReceiveOptions {
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        let lock = self.locks.duration;
        // A response with several events may take three quarters of a lock, so that the first of
        // them can still be handled. The client adds the wait time to this time, but a response may
        // begin at once, so it is subtracted here.
        let most = lock / 4 * 3;
        let time = if events > 1 { most.saturating_sub(self.receive_wait).max(lock / 4) } else { lock };
        self.polling().max_events(events).max_time(time)
    }

    /// The options that are the same for each receive.
    pub(super) fn polling(&self) -> ReceiveOptions {
        ReceiveOptions::new().max_wait_time(self.receive_wait)
    }

    pub(super) fn notify(&self, notice: &ProcessorNotice<'_, X>) {
        if let Some(hook) = &self.on_notice {
            // A panic of a listener must not end the run.
            let _ = catch_unwind(AssertUnwindSafe(|| hook(notice)));
        }
    }
}

impl<X> fmt::Debug for Options<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("concurrency", &self.concurrency)
            .field("max_locks", &self.lock_limit())
            .field("max_bytes", &self.max_bytes)
            .field("receive_wait", &self.receive_wait)
            .field("event_timeout", &self.event_timeout)
            .field("max_deliveries", &self.max_deliveries)
            .field("locks", &self.locks)
            .field("gathering", &self.gathering)
            .field("on_refusal", &self.on_refusal)
            .finish_non_exhaustive()
    }
}
