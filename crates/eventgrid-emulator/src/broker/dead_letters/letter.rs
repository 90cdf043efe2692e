//! A dead letter, as one who looks at it sees it.

use eventgrid_push::DeliveryOutcome;

use super::super::Event;
use crate::time::UnixTime;

/// An event that died in the queue of an event subscription with a
/// [dead-letter destination](super::DeadLettering), and what became of it before.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Names it within its event subscription: the sequence number that the event had in the
    /// queue.
    pub sequence_number: u64,
    /// Why the event died.
    pub reason: DeadLetterReason,
    /// How often it was delivered.
    pub delivery_count: u32,
    /// How the last attempt to push it ended; `None` if it was not pushed, or the result was lost.
    pub outcome: Option<DeliveryOutcome>,
    /// When it was published.
    pub published: UnixTime,
    /// When its last delivery began; `None` if it was never delivered.
    pub last_delivered: Option<UnixTime>,
    /// When it died.
    pub died: UnixTime,
    /// When it is moved to its folder or topic, or should have been moved if that was not possible
    /// yet; `None` if it stays in the list.
    pub leaves: Option<UnixTime>,
    /// The event, as it was published.
    pub event: Event,
}

/// Why an event died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// A receiver rejected it, or an endpoint refused it in a way that is not retried.
    Rejected,
    /// It was delivered as often as the maximum delivery count says, and not settled; or all
    /// attempts to push it failed that its retry policy allows.
    Exhausted,
    /// Its time to live was over.
    Expired,
}

/// Some of the dead letters of an event subscription.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeadLetters {
    /// In the order of publication.
    pub letters: Vec<DeadLetter>,
    /// The sequence number of the next page; `None` if there are no more.
    pub next: Option<u64>,
}

/// A dead letter is not in the list: it was never there, it was sent again or removed, or it has
/// left for its folder or topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no dead letter of that sequence number is in the list")]
pub struct UnknownDeadLetter;
