//! How an event subscription treats its events.

use std::time::Duration;

/// The settings of one event subscription. They are control-plane configuration of the service; the
/// defaults are the service's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionSettings {
    /// How long a received event stays locked for its receiver. The default of the service is 60
    /// seconds, and it allows 60 to 300; here any duration above zero is allowed, so that tests
    /// need not wait.
    pub lock_duration: Duration,
    /// The maximum number of deliveries of an event, 10 by default. The check is made when the
    /// event would become available again.
    pub max_delivery_count: u32,
    /// How long after its publication an event is kept, one day by default. A locked event outlives
    /// it until its lock ends.
    pub time_to_live: Duration,
}

impl Default for SubscriptionSettings {
    fn default() -> Self {
        Self {
            lock_duration: Duration::from_secs(60),
            max_delivery_count: 10,
            time_to_live: Duration::from_secs(24 * 60 * 60),
        }
    }
}
