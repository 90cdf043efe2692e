//! Events that the service will never take.

use std::fmt;
use std::time::SystemTime;

/// An event that was set aside: publishing it again as it is would fail again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedEvent {
    /// What to name it by.
    pub id: RefusedId,
    /// Why.
    pub reason: RefusalReason,
    /// The same in words, such as those of the service.
    pub message: String,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// The event as it was sent: JSON, unless it is [damaged](RefusalReason::Damaged).
    pub event: Vec<u8>,
    /// When it was put; to the millisecond.
    pub put_at: SystemTime,
}

impl RefusedEvent {
    /// The event as text; `None` if it is damaged so that it is none.
    pub fn json(&self) -> Option<&str> {
        std::str::from_utf8(&self.event).ok()
    }
}

/// Names a [`RefusedEvent`] within its outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefusedId(pub(crate) u64);

/// Why an event was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The service refused a request with this event alone: 400, or 413 if it is too large.
    Status(u16),
    /// It is larger than the requests of the publisher may be.
    TooLarge,
    /// The publisher cannot send it, since its target takes no such events.
    Invalid,
    /// It is not what was put: the file was damaged.
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
