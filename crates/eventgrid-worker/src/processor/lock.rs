//! The lock of a delivery, as seen by its handler.

use std::fmt;
use std::sync::OnceLock;

/// How the lock of an event was lost. The event is, or will be, delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockLoss {
    /// It expired before a renewal or the verdict on the event reached the service.
    Expired,
    /// It was renewed for as long as
    /// [`Processor::max_lock_renewal`](crate::Processor::max_lock_renewal) allows, and then
    /// expired.
    RenewalLimit,
    /// The service responded that the lock has expired, or that it has no such lock token.
    Refused,
    /// The handler took longer than [`Processor::event_timeout`](crate::Processor::event_timeout)
    /// allows, and the [policy](crate::Processor::on_failure) decides about the event. If the
    /// handler still runs, its result is ignored.
    TimedOut,
    /// The run is [stopped](crate::ProcessorStop::Release), and the event is released.
    Stopped,
}

impl fmt::Display for LockLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "it ended before a renewal or the verdict reached the service",
            Self::RenewalLimit => "it was renewed for as long as it may be",
            Self::Refused => "the service says that it is over",
            Self::TimedOut => "the handler took too long",
            Self::Stopped => "the run was stopped",
        })
    }
}

/// Whether the lock is lost, and the tasks that wait for that.
#[derive(Debug, Default)]
pub(super) struct Lock {
    loss: OnceLock<LockLoss>,
    waiting: event_listener::Event,
}

impl Lock {
    pub(super) fn lose(&self, loss: LockLoss) {
        // The first reason stays.
        let _ = self.loss.set(loss);
        self.waiting.notify(usize::MAX);
    }

    pub(super) fn loss(&self) -> Option<LockLoss> {
        self.loss.get().copied()
    }

    pub(super) async fn lost(&self) -> LockLoss {
        loop {
            let listener = self.waiting.listen();
            if let Some(loss) = self.loss() {
                return loss;
            }
            listener.await;
        }
    }
}
