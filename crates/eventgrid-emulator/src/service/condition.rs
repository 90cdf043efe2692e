//! What a test waits for instead of sleeping.

use crate::broker::SubscriptionStats;

/// A state of an event subscription that a test waits for.
///
/// ```
/// use eventgrid_emulator::Condition;
/// use eventgrid_emulator::broker::SubscriptionStats;
///
/// let stats = SubscriptionStats { queued: 2, locked: 1, ..Default::default() };
/// assert!(Condition::Available(2).holds(&stats));
/// assert!(!Condition::Drained.holds(&stats));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// That many events or more may be received.
    Available(u64),
    /// No event is available, locked or delayed.
    Drained,
    /// That many events or more were released with a delay, or wait to be pushed again.
    Delayed(u64),
    /// That many events or more were rejected, expired, or were delivered often enough.
    Dead(u64),
}

impl Condition {
    /// Whether it holds in that state.
    pub fn holds(self, stats: &SubscriptionStats) -> bool {
        match self {
            Self::Available(count) => stats.queued >= count,
            Self::Drained => stats.queued + stats.locked + stats.delayed == 0,
            Self::Delayed(count) => stats.delayed >= count,
            Self::Dead(count) => stats.dead() >= count,
        }
    }
}

/// Why a wait for a [`Condition`] ended without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// There is no such event subscription, or it was removed meanwhile.
    #[error("there is no such event subscription")]
    UnknownSubscription,
    /// The time is over, and this is the state.
    #[error(
        "the time is over: {} available, {} locked, {} delayed, {} acknowledged, {} dead",
        .0.queued, .0.locked, .0.delayed, .0.acknowledged, .0.dead()
    )]
    TimedOut(SubscriptionStats),
    /// Too many others wait already, or the emulator has ended.
    #[error("too many others wait already, or the emulator has ended")]
    Refused,
}
