//! Counts.

use std::time::SystemTime;

/// What an [`Outbox`](crate::Outbox) has and did, at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxStats {
    /// Events that wait to be published.
    pub queued_events: u64,
    /// The size of their JSON and their keys, in bytes.
    pub queued_bytes: u64,
    /// When the first of them was put; to the millisecond.
    pub oldest: Option<SystemTime>,
    /// Events that were set aside, since the service would never take them.
    pub refused_events: u64,
    /// The size of their JSON and their keys, in bytes.
    pub refused_bytes: u64,
    /// Events that were stored since the outbox was opened.
    pub put: u64,
    /// Events that were published and removed since the outbox was opened.
    pub published: u64,
}
