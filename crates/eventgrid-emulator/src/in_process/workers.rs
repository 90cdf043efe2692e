//! Which threads handle events, so that the clock does not end their locks while another thread
//! waits.
//!
//! A thread that has received an event and not settled it is at work, unless it waits itself. While
//! it is, a call that waits does not move the clock to the end of that lock: it waits for the
//! thread to settle, to wait or to end. If the thread does nothing of this for as long as the lock
//! lasts, in real time, the lock ends after all. So nothing hangs forever.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::Instant;

use crate::service::{Emulator, Receipt};
use crate::time::UnixTime;

thread_local! {
    /// Goes with its thread.
    static ALIVE: Arc<()> = Arc::default();
}

/// A thread.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    id: ThreadId,
    alive: Weak<()>,
}

impl Worker {
    pub(super) fn current() -> Self {
        // In the last moments of a thread it counts as ended.
        let alive = ALIVE.try_with(Arc::downgrade).unwrap_or_default();
        Self { id: thread::current().id(), alive }
    }
}

/// Locks and the threads that hold them.
#[derive(Debug, Default)]
pub(super) struct Workers {
    held: Vec<Held>,
    /// The threads that wait in a call, and in how many.
    waiting: HashMap<ThreadId, usize>,
}

#[derive(Debug)]
struct Held {
    worker: Worker,
    receipt: Receipt,
    /// The lock among those of the receipt.
    index: usize,
    /// The end of the lock, and when that is in real time.
    until: UnixTime,
    until_real: Instant,
}

impl Workers {
    /// A thread has got these events.
    pub(super) fn hold(&mut self, emulator: &Emulator, now: UnixTime, worker: &Worker, receipt: &Receipt) {
        let started = Instant::now();
        for (index, token) in receipt.lock_tokens().iter().enumerate() {
            let Some(until) = emulator.locked_until(receipt, token) else { continue };
            let Some(until_real) = started.checked_add(until.saturating_since(now)) else { continue };
            let (worker, receipt) = (worker.clone(), receipt.clone());
            self.held.push(Held { worker, receipt, index, until, until_real });
        }
    }

    pub(super) fn begin_to_wait(&mut self, worker: &Worker) {
        *self.waiting.entry(worker.id).or_default() += 1;
    }

    pub(super) fn end_to_wait(&mut self, worker: &Worker) {
        if let Some(count) = self.waiting.get_mut(&worker.id) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(&worker.id);
            }
        }
    }

    /// The first end of a lock of another thread that is at work. Forgets locks that have ended.
    pub(super) fn limit(&mut self, emulator: &Emulator, now: UnixTime, worker: &Worker) -> Option<UnixTime> {
        let instant = Instant::now();
        self.held.retain_mut(|held| {
            let token = &held.receipt.lock_tokens()[held.index];
            let Some(until) = emulator.locked_until(&held.receipt, token) else { return false };
            if until != held.until {
                // It was renewed.
                held.until = until;
                held.until_real = instant.checked_add(until.saturating_since(now)).unwrap_or(held.until_real);
            }
            held.until_real > instant && held.worker.alive.strong_count() > 0
        });
        let is_at_work =
            |held: &&Held| held.worker.id != worker.id && !self.waiting.contains_key(&held.worker.id);
        self.held.iter().filter(is_at_work).map(|held| held.until).min()
    }
}
