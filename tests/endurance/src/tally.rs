//! Which events were handled.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use eventgrid_worker::{BoxError, ProcessorEvent};

/// Every tenth event fails when it comes for the first time.
const FAILS_AT_FIRST: usize = 10;

/// How often each event came.
pub(crate) struct Tally {
    handled: Vec<AtomicU32>,
    failed: AtomicU64,
}

impl Tally {
    pub(crate) fn new(events: u32) -> Self {
        Self { handled: (0..events).map(|_| AtomicU32::new(0)).collect(), failed: AtomicU64::new(0) }
    }

    /// Handles an event.
    pub(crate) fn handle(&self, event: &ProcessorEvent) -> Result<(), BoxError> {
        let id: usize = event.id().to_cow().parse()?;
        if id % FAILS_AT_FIRST == 0 && event.delivery_count() == 1 {
            self.failed.fetch_add(1, Ordering::Relaxed);
            return Err("it cannot be handled yet".into());
        }
        self.handled.get(id).ok_or("nobody published it")?.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// How often events were handled, those that came twice counted twice.
    pub(crate) fn handled(&self) -> u32 {
        self.handled.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// How often handling failed.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// How many events were never handled.
    pub(crate) fn unhandled(&self) -> usize {
        self.handled.iter().filter(|count| count.load(Ordering::Relaxed) == 0).count()
    }
}
