//! The counts of a run so far.

/// The counts of a run, for all subscriptions together.
///
/// Every delivery is in exactly one of these, at any moment:
/// `received = locks + acknowledged + released + rejected + settled_or_lost + lost`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessorStats {
    /// Deliveries received. An event that is delivered three times counts three times.
    pub received: u64,
    /// Locks held now: those of events whose handlers run, and those of events whose verdict has
    /// not yet reached the service. After a run that was abandoned or dropped, those that it left
    /// to expire.
    pub locks: u64,
    /// Events that the service has acknowledged.
    pub acknowledged: u64,
    /// Events that the service has released.
    pub released: u64,
    /// Events that the service has rejected.
    pub rejected: u64,
    /// Events whose verdict may have reached the service although no response confirmed it before
    /// their lock ended. They are settled, or will be delivered again.
    pub settled_or_lost: u64,
    /// Events whose lock was lost before their verdict reached the service. They are delivered
    /// again.
    pub lost: u64,
    /// Bytes of the events whose locks are held now.
    pub bytes: u64,
    /// Handlers that run now, including those whose event's lock was lost and those that have timed
    /// out. Zero after the end of the run.
    pub running: u64,
    /// Locks renewed.
    pub renewed: u64,
    /// Handlers that returned an error.
    pub failed: u64,
    /// Handlers that panicked.
    pub panicked: u64,
    /// Handlers that took too long.
    pub timed_out: u64,
    /// Events that were delivered too often, and not passed to a handler.
    pub poison: u64,
    /// Events that cannot be read, and were not passed to a handler.
    pub malformed: u64,
    /// Deliveries without a lock token, which cannot be handled or settled. They are not counted in
    /// `received`.
    pub without_lock_token: u64,
    /// Receives that failed. Each attempt counts.
    pub failed_receives: u64,
    /// Receives whose response broke off after some of its events. These events were handled.
    pub interrupted_receives: u64,
    /// Calls to settle or renew that failed. Each attempt counts.
    pub failed_settles: u64,
}
