//! What became of the events of a subscription.

/// Counts of one event subscription.
///
/// Every published event is in exactly one of the other counts, except `deliveries` and
/// `redeliveries`: `published = queued + locked + delayed + acknowledged + rejected + exhausted +
/// expired`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubscriptionStats {
    /// Events that reached the subscription.
    pub published: u64,
    /// Events that are available for the next receive or push.
    pub queued: u64,
    /// Events locked for a receiver, or being pushed.
    pub locked: u64,
    /// Events released with a delay that is not over, or waiting to be pushed again.
    pub delayed: u64,
    /// Events acknowledged by a receiver, or taken by an endpoint.
    pub acknowledged: u64,
    /// Events rejected by a receiver, or refused by an endpoint in a way that is not retried.
    pub rejected: u64,
    /// Events that died because the maximum delivery count or number of attempts was reached.
    pub exhausted: u64,
    /// Events that died because their time to live was over.
    pub expired: u64,
    /// Deliveries and attempts to push: an event delivered three times counts three times.
    pub deliveries: u64,
    /// Deliveries and attempts that were not the first of their event.
    pub redeliveries: u64,
}

impl SubscriptionStats {
    /// Events that died, whether or not they became dead letters: the sum of `rejected`,
    /// `exhausted` and `expired`. An event that is sent again stays counted.
    pub fn dead(&self) -> u64 {
        self.rejected + self.exhausted + self.expired
    }
}
