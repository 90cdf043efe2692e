//! What has moved over a connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// What has moved over a connection, as its stream counts it.
///
/// The stream is inside hyper's connection, out of reach for the call that uses it, so both share
/// this. Only the task of the call polls the connection: plain loads and stores are enough.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    reads: AtomicU64,
    written: AtomicU64,
    flushed: AtomicU64,
    write_failed: AtomicBool,
    first_read: FirstRead,
}

/// When the first byte of a response came.
#[derive(Debug)]
struct FirstRead {
    /// What times count from.
    since: Instant,
    /// In nanoseconds, or one of the two below.
    at: AtomicU64,
}

/// Nothing is awaited.
const NONE: u64 = u64::MAX;
const AWAITED: u64 = u64::MAX - 1;

impl Default for FirstRead {
    fn default() -> Self {
        Self { since: Instant::now(), at: AtomicU64::new(NONE) }
    }
}

impl Meter {
    pub(crate) fn read(&self) {
        let FirstRead { since, at } = &self.first_read;
        if at.load(Ordering::Relaxed) == AWAITED {
            let now = u64::try_from(since.elapsed().as_nanos()).unwrap_or(AWAITED - 1);
            at.store(now, Ordering::Relaxed);
        }
        self.reads.store(self.reads.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn wrote(&self, bytes: usize) {
        self.written.store(self.written() + bytes as u64, Ordering::Relaxed);
    }

    /// Everything that hyper had to write has left.
    pub(crate) fn flushed(&self) {
        self.flushed.store(self.written(), Ordering::Relaxed);
    }

    /// A write failed. TLS may have sent a part of it.
    pub(crate) fn write_failed(&self) {
        self.write_failed.store(true, Ordering::Relaxed);
    }

    /// A request is about to be sent: the next byte that is read is the first one of its response.
    pub(crate) fn await_first_byte(&self) {
        self.first_read.at.store(AWAITED, Ordering::Relaxed);
    }

    /// When the first byte of the response came, if one did.
    pub(crate) fn first_byte(&self) -> Option<Instant> {
        let FirstRead { since, at } = &self.first_read;
        let at = at.load(Ordering::Relaxed);
        (at < AWAITED).then(|| *since + Duration::from_nanos(at))
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Changes whenever a byte has moved, in either direction.
    pub(crate) fn moves(&self) -> u64 {
        self.reads.load(Ordering::Relaxed).wrapping_add(self.written())
    }

    /// Whether any byte may have left since `start` bytes were written.
    pub(crate) fn may_have_sent_since(&self, start: u64) -> bool {
        self.written() > start || self.write_failed.load(Ordering::Relaxed)
    }

    /// Whether something was written since `start` bytes were, and all of it has left. hyper queues
    /// a whole request before it flushes, so this is a whole request.
    pub(crate) fn has_sent_all_since(&self, start: u64) -> bool {
        let written = self.written();
        written > start && self.flushed.load(Ordering::Relaxed) == written
    }
}
