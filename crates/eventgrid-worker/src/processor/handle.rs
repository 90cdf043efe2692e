//! How a run is stopped and watched from elsewhere.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event_listener::EventListener;

use super::ProcessorStats;

/// How a run ends. It begins no more receives. [`Finish`](Self::Finish) and
/// [`Release`](Self::Release) wait for the receives in progress, since one that is given up may
/// leave events locked; the events that these still bring are released at once. A receive whose
/// response is five seconds late is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProcessorStop {
    /// The handlers run to their ends, and their events are settled.
    Finish,
    /// Like [`Finish`](Self::Finish), but the receives in progress are given up, so that an idle
    /// run ends at once.
    ///
    /// Events that the service is sending at that moment then stay locked until their locks expire,
    /// and each has lost one delivery.
    FinishNow,
    /// The handlers are dropped, and their events are released for other consumers: without a
    /// delay, or for ten seconds while a receive is in progress, which would bring them right back.
    Release,
    /// All handlers and calls are dropped, as if the future of the run were. The events stay locked
    /// until their locks expire, and so do events that a receive in progress may bring.
    Abandon,
}

/// Stops and watches a run. Clones refer to the same run.
#[derive(Clone)]
pub struct ProcessorHandle(pub(super) Arc<Shared>);

impl ProcessorHandle {
    /// Asks the run to end. A later call can ask for a stricter way, which is one that comes later
    /// in [`ProcessorStop`]; a milder one has no effect. If it is called before the run begins, the
    /// run ends as soon as it begins.
    pub fn stop(&self, stop: ProcessorStop) {
        if stop == ProcessorStop::FinishNow {
            // A stricter stop later on does not undo this.
            self.0.gives_up_polls.store(true, Ordering::SeqCst);
        }
        self.0.stop.fetch_max(stop as u8 + 1, Ordering::SeqCst);
        self.0.stopping.notify(usize::MAX);
    }

    /// Asks the run to end within a time limit, for programs that are killed if they take longer.
    /// It begins as [`ProcessorStop::FinishNow`]. Shortly before the limit (a quarter of it, but at
    /// most two seconds) it becomes [`ProcessorStop::Release`], so that events whose handlers still
    /// run are released instead of staying locked. At the limit it becomes
    /// [`ProcessorStop::Abandon`].
    ///
    /// The time begins when the run notices the call: at once, unless handlers within the run's own
    /// future compute. Of several limits, the one that ends first applies.
    pub fn stop_within(&self, limit: Duration) {
        {
            let mut asked = self.0.limit.lock().unwrap_or_else(PoisonError::into_inner);
            *asked = Some(asked.map_or(limit, |before| before.min(limit)));
        }
        self.stop(ProcessorStop::FinishNow);
    }

    /// The counts of the run so far.
    pub fn stats(&self) -> ProcessorStats {
        *self.0.stats()
    }
}

impl fmt::Debug for ProcessorHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessorHandle").field("stop", &self.0.stop()).field("stats", &self.stats()).finish()
    }
}

/// The state that a run and its handles share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// 0, or the [`ProcessorStop`] plus one.
    stop: AtomicU8,
    gives_up_polls: AtomicBool,
    /// The time within which the run must end.
    limit: Mutex<Option<Duration>>,
    stopping: event_listener::Event,
    stats: Mutex<ProcessorStats>,
}

impl Shared {
    pub(super) fn stop(&self) -> Option<ProcessorStop> {
        match self.stop.load(Ordering::SeqCst) {
            0 => None,
            1 => Some(ProcessorStop::Finish),
            2 => Some(ProcessorStop::FinishNow),
            3 => Some(ProcessorStop::Release),
            _ => Some(ProcessorStop::Abandon),
        }
    }

    /// Whether the receives in progress are given up at once.
    pub(super) fn gives_up_polls(&self) -> bool {
        self.gives_up_polls.load(Ordering::SeqCst)
    }

    /// The time limit that was set since the last call of this.
    pub(super) fn take_limit(&self) -> Option<Duration> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Is ready when a stop is asked for after this call.
    pub(super) fn listen(&self) -> EventListener {
        self.stopping.listen()
    }

    pub(super) fn stats(&self) -> MutexGuard<'_, ProcessorStats> {
        // Counting cannot panic, so the counts are never half changed.
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts no handler as running when the run ends, also if its future is dropped.
pub(super) struct EndOfRun<'s>(pub(super) &'s Shared);

impl Drop for EndOfRun<'_> {
    fn drop(&mut self) {
        self.0.stats().running = 0;
    }
}
