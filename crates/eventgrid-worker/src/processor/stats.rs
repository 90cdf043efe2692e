//! What a run has done so far.

/// Counts of a run, all subscriptions together.
///
/// Every delivery is in exactly one of these:
/// `received = locks + acknowledged + released + rejected + settled_or_lost + lost`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessorStats {
    /// Deliveries received: an event delivered three times counts three times.
    pub received: u64,
    /// Locks held now: of events whose handlers run, and of those whose verdict has not yet reached
    /// the service.
    pub locks: u64,
    /// Events that the service has acknowledged.
    pub acknowledged: u64,
    /// Events that the service has released.
    pub released: u64,
    /// Events that the service has rejected.
    pub rejected: u64,
    /// Events whose verdict may have reached the service, although no response said so until their
    /// lock was over: they are settled, or come again.
    pub settled_or_lost: u64,
    /// Events whose lock was lost before their verdict reached the service: they come again.
    pub lost: u64,
    /// Bytes of the events whose locks are held now.
    pub bytes: u64,
    /// Handlers that run now, also those whose event's lock was lost meanwhile, or whose time is
    /// over.
    pub running: u64,
    /// Locks renewed.
    pub renewed: u64,
    /// Handlers that gave an error.
    pub failed: u64,
    /// Handlers that panicked.
    pub panicked: u64,
    /// Handlers that took too long.
    pub timed_out: u64,
    /// Events delivered too often, kept from the handlers.
    pub poison: u64,
    /// Events that cannot be read, kept from the handlers.
    pub malformed: u64,
    /// Deliveries without a lock token, which nothing can be done with. Not part of `received`.
    pub without_lock_token: u64,
    /// Receives that failed: each attempt.
    pub failed_receives: u64,
    /// Receives whose response broke off after some of its events, which were handled.
    pub interrupted_receives: u64,
    /// Calls that settle or renew and failed: each attempt.
    pub failed_settles: u64,
}
