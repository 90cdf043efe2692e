//! What the handles of an outbox and its thread share: the free room, and signals of changes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use event_listener::{Event as Signal, EventListener};
use eventgrid::SendLimits;

use crate::error::PutError;
use crate::load::Load;
use crate::stats::OutboxStats;

/// The totals of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// The number of the event that is put next.
    pub(crate) next_sequence: u64,
    pub(crate) queued: Load,
    pub(crate) refused: Load,
    /// When the oldest queued event was put, in milliseconds since 1970.
    pub(crate) oldest: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct State {
    capacity: SendLimits,
    room: Mutex<Room>,
    /// Something was stored or removed, or the outbox was closed.
    changed: Signal,
    is_closed: AtomicBool,
    is_forwarding: AtomicBool,
    put: AtomicU64,
    published: AtomicU64,
}

#[derive(Debug, Default)]
struct Room {
    totals: Totals,
    /// The room of the events that are being put.
    reserved: Load,
}

impl State {
    pub(crate) fn new(capacity: SendLimits) -> Self {
        Self {
            capacity,
            room: Mutex::default(),
            changed: Signal::new(),
            is_closed: AtomicBool::new(false),
            is_forwarding: AtomicBool::new(false),
            put: AtomicU64::new(0),
            published: AtomicU64::new(0),
        }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves room for an event that is put. [`settle`](Self::settle) ends the reservation.
    pub(crate) fn reserve(&self, load: Load) -> Result<(), PutError> {
        if self.is_closed() {
            return Err(PutError::Closed);
        }
        let mut room = self.room();
        let Totals { queued, refused, .. } = room.totals;
        if !queued.plus(refused).plus(room.reserved).plus(load).fits(self.capacity) {
            return Err(PutError::Full { queued: queued.events, refused: refused.events });
        }
        room.reserved = room.reserved.plus(load);
        Ok(())
    }

    /// Ends a reservation, whether the event was stored or not. `totals` are those of the file now.
    pub(crate) fn settle(&self, reserved: Load, totals: Option<Totals>) {
        {
            let mut room = self.room();
            room.reserved = room.reserved.minus(reserved);
            room.totals = totals.unwrap_or(room.totals);
        }
        self.notify();
    }

    pub(crate) fn totals(&self) -> Totals {
        self.room().totals
    }

    pub(crate) fn count(&self, put: u64, published: u64) {
        self.put.fetch_add(put, Ordering::Relaxed);
        self.published.fetch_add(published, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> OutboxStats {
        let Totals { queued, refused, oldest, .. } = self.totals();
        OutboxStats {
            queued_events: queued.events,
            queued_bytes: queued.bytes,
            oldest: oldest.map(time_of),
            refused_events: refused.events,
            refused_bytes: refused.bytes,
            put: self.put.load(Ordering::Relaxed),
            published: self.published.load(Ordering::Relaxed),
        }
    }

    /// Listens for the next change.
    pub(crate) fn listen(&self) -> EventListener {
        self.changed.listen()
    }

    fn notify(&self) {
        self.changed.notify(usize::MAX);
    }

    /// Waits until changes have brought a certain state.
    pub(crate) async fn until(&self, reached: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.listen();
            if reached(self) {
                return;
            }
            changed.await;
        }
    }

    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.notify();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Begins forwarding, until [`end`](Self::end). Returns `false` if another future already
    /// forwards.
    pub(crate) fn begin_forwarding(&self) -> bool {
        !self.is_forwarding.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn end_forwarding(&self) {
        self.is_forwarding.store(false, Ordering::SeqCst);
        self.notify();
    }

    pub(crate) fn is_forwarding(&self) -> bool {
        self.is_forwarding.load(Ordering::SeqCst)
    }
}

/// A time from its milliseconds since 1970.
pub(crate) fn time_of(milliseconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)).unwrap_or(UNIX_EPOCH)
}

/// A time as its milliseconds since 1970; before that, zero.
pub(crate) fn milliseconds_of(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
