//! Counters.

use std::sync::atomic::{AtomicU64, Ordering};

use super::PublishError;

/// The counters of a [`Batcher`](super::Batcher) at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatcherStats {
    /// Events that wait in the buffer.
    pub buffered_events: usize,
    /// Their size as JSON, in bytes.
    pub buffered_bytes: usize,
    /// Batches that are being sent.
    pub in_flight: usize,
    /// Requests sent since the start. Retries by the client are not counted.
    pub requests: u64,
    /// Events that the service accepted.
    pub published: u64,
    /// Events whose request failed.
    pub failed: u64,
    /// Events that were dropped to make room.
    pub displaced: u64,
    /// Events that were not sent because an earlier one of the same key had failed.
    pub paused: u64,
    /// Events that were not reported when the run ended.
    pub stopped: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    published: AtomicU64,
    failed: AtomicU64,
    displaced: AtomicU64,
    paused: AtomicU64,
    stopped: AtomicU64,
}

impl Counters {
    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count<X>(&self, outcome: &Result<(), PublishError<X>>) {
        let counter = match outcome {
            Ok(()) => &self.published,
            Err(PublishError::Failed(_)) => &self.failed,
            Err(PublishError::Displaced) => &self.displaced,
            Err(PublishError::Paused) => &self.paused,
            Err(PublishError::Stopped { .. }) => &self.stopped,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The counters that are kept here; the others are zero.
    pub(super) fn snapshot(&self) -> BatcherStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        BatcherStats {
            requests: read(&self.requests),
            published: read(&self.published),
            failed: read(&self.failed),
            displaced: read(&self.displaced),
            paused: read(&self.paused),
            stopped: read(&self.stopped),
            ..BatcherStats::default()
        }
    }
}
