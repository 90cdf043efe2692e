//! Counts.

use std::time::SystemTime;

/// The counts of an [`Outbox`](crate::Outbox) at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxStats {
    /// Events that wait to be published.
    pub queued_events: u64,
    /// The size of their JSON and their keys, in bytes.
    pub queued_bytes: u64,
    /// When the first of them was put, with a precision of one millisecond.
    pub oldest: Option<SystemTime>,
    /// Events that were set aside, because the service would never accept them.
    pub refused_events: u64,
    /// The size of their JSON and their keys, in bytes.
    pub refused_bytes: u64,
    /// Events that were stored since the outbox was opened.
    pub put: u64,
    /// Events that were published and removed since the outbox was opened.
    pub published: u64,
}
