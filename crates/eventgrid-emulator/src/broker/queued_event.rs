//! Events in a queue, as one who looks at it sees them.

use super::Event;
use crate::time::UnixTime;

/// An event in the queue of an event subscription, with its state. Looking at it changes nothing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueuedEvent {
    /// The number of the event within its event subscription. Later events have larger numbers.
    pub sequence_number: u64,
    /// Its state.
    pub state: EventState,
    /// How often it was delivered.
    pub delivery_count: u32,
    /// When it was published.
    pub published: UnixTime,
    /// When its lock or its delay ends; `None` if it has none, or that never ends.
    pub until: Option<UnixTime>,
    /// When its time to live is over; `None` if it never is.
    pub expires: Option<UnixTime>,
    /// The token that settles it, if it is locked for a receiver.
    pub lock_token: Option<String>,
    /// The event.
    pub event: Event,
}

/// The state of an event in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventState {
    /// The next receive may take it.
    Available,
    /// It is locked for a receiver, or is being pushed.
    Locked,
    /// It was released with a delay that is not over, or waits to be pushed again.
    Delayed,
}

/// Some of the events in a queue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueuedEvents {
    /// In the order of publication.
    pub events: Vec<QueuedEvent>,
    /// The sequence number of the next page; `None` if there are no more. A page may be empty
    /// although the next one is not.
    pub next: Option<u64>,
}

/// An event is not in the queue: it was never there, or it was settled, expired or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no event of that sequence number is in the queue")]
pub struct UnknownEvent;
