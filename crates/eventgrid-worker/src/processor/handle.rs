//! How a run is stopped and watched from elsewhere.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event_listener::EventListener;

use super::ProcessorStats;

/// How a run ends. No more events are asked for. The poll that is under way is waited for
/// ([`Finish`](Self::Finish), [`Release`](Self::Release)), since a poll that is given up may leave
/// events locked: what it brings is released at once. It is given up five seconds after it should
/// have got their responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProcessorStop {
    /// The handlers come to their ends and their events are settled.
    Finish,
    /// As [`Finish`](Self::Finish), but the poll under way is given up at once, so that an idle run
    /// ends at once.
    ///
    /// What that may cost: events that the service sends at that very moment, or whose response was
    /// on its way, stay locked until their locks end, and have lost one delivery each.
    FinishNow,
    /// The handlers are dropped and their events released, for others to handle: at once, or for
    /// ten seconds if a poll is under way that would bring them right back.
    Release,
    /// Everything is dropped, as if the future of the run were. The events stay locked until their
    /// locks end, also those that the poll under way may bring.
    Abandon,
}

/// Stops and watches a run. Clones are of the same one.
#[derive(Clone)]
pub struct ProcessorHandle(pub(super) Arc<Shared>);

impl ProcessorHandle {
    /// Asks the run to end. A stricter way may be asked for afterwards, in the order of
    /// [`ProcessorStop`]; a milder one changes nothing. Asked before the run, it ends as soon as it
    /// begins.
    pub fn stop(&self, stop: ProcessorStop) {
        if stop == ProcessorStop::FinishNow {
            // A stricter stop that follows does not take that back.
            self.0.gives_up_polls.store(true, Ordering::SeqCst);
        }
        self.0.stop.fetch_max(stop as u8 + 1, Ordering::SeqCst);
        self.0.stopping.notify(usize::MAX);
    }

    /// Asks the run to end within that time, as a program must that is killed otherwise: at first
    /// as [`ProcessorStop::FinishNow`]; shortly before the end (a quarter of the time, but two
    /// seconds at the most) as [`ProcessorStop::Release`], so that events whose handlers still run
    /// are released rather than left locked; and in the end as [`ProcessorStop::Abandon`].
    ///
    /// The time counts from when the run takes notice of it, at once unless handlers within its own
    /// future compute. The shortest limit that was asked for counts.
    pub fn stop_within(&self, limit: Duration) {
        {
            let mut asked = self.0.limit.lock().unwrap_or_else(PoisonError::into_inner);
            *asked = Some(asked.map_or(limit, |before| before.min(limit)));
        }
        self.stop(ProcessorStop::FinishNow);
    }

    /// What the run has done so far.
    pub fn stats(&self) -> ProcessorStats {
        *self.0.stats()
    }
}

impl fmt::Debug for ProcessorHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessorHandle").field("stop", &self.0.stop()).field("stats", &self.stats()).finish()
    }
}

/// What a run and its handles share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// 0, or one more than the way to stop.
    stop: AtomicU8,
    gives_up_polls: AtomicBool,
    /// Within what time it is to end.
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

    /// Whether the polls under way are given up at once.
    pub(super) fn gives_up_polls(&self) -> bool {
        self.gives_up_polls.load(Ordering::SeqCst)
    }

    /// The limit of a stop that was asked for since the last call.
    pub(super) fn take_limit(&self) -> Option<Duration> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Is ready when a stop is asked for after this call.
    pub(super) fn listen(&self) -> EventListener {
        self.stopping.listen()
    }

    pub(super) fn stats(&self) -> MutexGuard<'_, ProcessorStats> {
        // Counting cannot panic, so it is never half done.
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
