//! A subscription that a run receives from, and when to ask it for how many events. No I/O, no
//! clock.

use std::sync::Arc;
use std::time::Duration;

use eventgrid::{ReceivePace, Subscription};

use super::settling::PendingVerdicts;

/// A subscription that a run receives from.
pub(super) struct PolledSubscription {
    pub(super) name: Arc<Subscription<'static>>,
    pub(super) verdicts: PendingVerdicts,
    pub(super) is_polled: bool,
    /// Whether a receive ever succeeded.
    pub(super) is_proven: bool,
    /// Whether the last receive brought nothing.
    is_quiet: bool,
    /// When the receive under way, or the last one, began.
    polled_at: Duration,
    not_before: Duration,
    failures: u32,
    /// The most to ask for.
    pub(super) pace: ReceivePace,
}

/// A receive under way: how many events it may bring.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReceiveCall {
    pub(super) subscription: usize,
    pub(super) events: usize,
}

impl ReceiveCall {
    /// How many events the call asks for.
    pub(super) fn asked(self) -> u32 {
        u32::try_from(self.events).unwrap_or(u32::MAX)
    }
}

impl PolledSubscription {
    pub(super) fn new(name: Subscription<'static>, lock_duration: Duration) -> Self {
        Self {
            name: Arc::new(name),
            verdicts: PendingVerdicts::default(),
            is_polled: false,
            is_proven: false,
            is_quiet: false,
            polled_at: Duration::ZERO,
            not_before: Duration::ZERO,
            failures: 0,
            pace: ReceivePace::new(lock_duration),
        }
    }

    /// How many events to ask for with that much room; none if it is not the time.
    pub(super) fn ask(&self, room: usize, now: Duration, alone: bool) -> Option<usize> {
        // A quiet subscription must not keep the others from the room.
        let most = if self.is_quiet && !alone { 1 } else { self.pace.max_events() as usize };
        Some(room.min(most)).filter(|ask| *ask > 0 && !self.is_polled && self.not_before <= now)
    }

    /// When it may be asked, if it is not asked now.
    pub(super) fn deadline(&self) -> Option<Duration> {
        (!self.is_polled).then_some(self.not_before)
    }

    pub(super) fn begin_poll(&mut self, now: Duration) {
        self.is_polled = true;
        self.polled_at = now;
    }

    pub(super) fn succeeded(&mut self, events: usize) {
        self.is_polled = false;
        self.is_proven = true;
        self.is_quiet = events == 0;
        self.failures = 0;
    }

    /// Whether a response without events came long before the wait was over, as from something in
    /// between that does not wait.
    pub(super) fn is_early(&self, now: Duration, wait: Duration) -> bool {
        now.saturating_sub(self.polled_at) < wait / 2
    }

    /// Waits before it is asked again; `delay` says how long after so many failures in a row.
    pub(super) fn failed(&mut self, now: Duration, delay: impl FnOnce(u32) -> Duration) -> Duration {
        self.is_polled = false;
        self.failures = self.failures.saturating_add(1);
        let wait = delay(self.failures);
        self.not_before = now.saturating_add(wait);
        wait
    }
}
