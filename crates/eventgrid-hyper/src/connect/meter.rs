//! Counts the bytes that have moved over a connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The number of bytes that have moved over a connection, counted by its stream.
///
/// The stream is inside hyper's connection, where the call that uses it cannot read it, so both
/// share this value. Only the task of the call polls the connection, so plain loads and stores are
/// enough.
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
    /// The start of all times.
    since: Instant,
    /// The time since `since` in nanoseconds, or one of the two constants below.
    at: AtomicU64,
}

/// No first byte is awaited.
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

    /// Counts all that hyper has written as sent.
    pub(crate) fn flushed(&self) {
        self.flushed.store(self.written(), Ordering::Relaxed);
    }

    /// Notes that a write failed. TLS may have sent a part of it.
    pub(crate) fn write_failed(&self) {
        self.write_failed.store(true, Ordering::Relaxed);
    }

    /// Notes that a request is about to be sent: the next byte that is read is the first one of its
    /// response.
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

    /// A number that changes whenever a byte has moved, in either direction.
    pub(crate) fn moves(&self) -> u64 {
        self.reads.load(Ordering::Relaxed).wrapping_add(self.written())
    }

    /// Whether any byte after the first `start` bytes may have left.
    pub(crate) fn may_have_sent_since(&self, start: u64) -> bool {
        self.written() > start || self.write_failed.load(Ordering::Relaxed)
    }

    /// Whether more than `start` bytes were written, and all of them have left. hyper queues a
    /// whole request before it flushes, so these are a whole request.
    pub(crate) fn has_sent_all_since(&self, start: u64) -> bool {
        let written = self.written();
        written > start && self.flushed.load(Ordering::Relaxed) == written
    }
}
