//! Events that the service will never accept.

use std::fmt;
use std::time::SystemTime;

/// An event that was set aside, because publishing it unchanged would fail again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedEvent {
    /// Its number, to remove it or put it again.
    pub id: RefusedId,
    /// Why.
    pub reason: RefusalReason,
    /// The reason as text, for example the service's own message.
    pub message: String,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// The event as it was sent: JSON, unless it was [damaged](RefusalReason::Damaged).
    pub event: Vec<u8>,
    /// When it was put, with a precision of one millisecond.
    pub put_at: SystemTime,
}

impl RefusedEvent {
    /// The event as text. `None` if it was damaged and is not UTF-8.
    pub fn json(&self) -> Option<&str> {
        std::str::from_utf8(&self.event).ok()
    }
}

/// Identifies a [`RefusedEvent`] within its outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefusedId(pub(crate) u64);

/// Why an event was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The service refused a request with this event alone: 400, or 413 if it is too large.
    Status(u16),
    /// The event is larger than the publisher's requests may be.
    TooLarge,
    /// The publisher cannot send the event, because its target does not take such events.
    Invalid,
    /// The event in the file is not the one that was put: the file was damaged.
    Damaged,
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the service refused the event with status {status}"),
            Self::TooLarge => f.write_str("the event is larger than a request may be"),
            Self::Invalid => f.write_str("the target takes no such event"),
            Self::Damaged => f.write_str("the event is damaged"),
        }
    }
}
