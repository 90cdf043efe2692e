//! A subscription that a run receives from: when to receive, and how many events to ask for. No
//! I/O, no clock.

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
    /// Whether the last receive brought no events.
    is_quiet: bool,
    /// When the receive in progress began, or else the last one.
    polled_at: Duration,
    not_before: Duration,
    failures: u32,
    /// The most events to ask for.
    pub(super) pace: ReceivePace,
}

/// A receive in progress, with the number of events that it may bring.
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

    /// How many events to ask for with this much room; `None` if it is not time for a receive.
    pub(super) fn ask(&self, room: usize, now: Duration, alone: bool) -> Option<usize> {
        // A subscription without events must not take the room of the others.
        let most = if self.is_quiet && !alone { 1 } else { self.pace.max_events() as usize };
        Some(room.min(most)).filter(|ask| *ask > 0 && !self.is_polled && self.not_before <= now)
    }

    /// When the next receive may begin, if none is in progress.
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

    /// Whether a response without events came long before the wait time was over, as from a server
    /// in between that does not wait.
    pub(super) fn is_early(&self, now: Duration, wait: Duration) -> bool {
        now.saturating_sub(self.polled_at) < wait / 2
    }

    /// Sets the wait before the next receive. `delay` returns how long it is after this many
    /// failures in a row.
    pub(super) fn failed(&mut self, now: Duration, delay: impl FnOnce(u32) -> Duration) -> Duration {
        self.is_polled = false;
        self.failures = self.failures.saturating_add(1);
        let wait = delay(self.failures);
        self.not_before = now.saturating_add(wait);
        wait
    }
}
