//! The two kinds of push delivery.

use std::fmt;
use std::time::Duration;

/// The part of Event Grid that pushes. The two differ in their schedules, in the responses that
/// they retry, and in their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryTier {
    /// Custom topics, system topics, domains and partner topics of Event Grid Basic.
    Basic,
    /// Topics of a namespace.
    Namespace,
}

impl DeliveryTier {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Basic, Self::Namespace];

    /// How long the service waits for a response: 30 seconds. Then the attempt has
    /// [timed out](super::AttemptResult::TimedOut) (delivery-and-retry @2ccf6fd4,
    /// namespace-delivery-retry @01b326c2).
    pub const fn response_timeout(self) -> Duration {
        Duration::from_secs(30)
    }

    /// The most attempts that a subscription may allow, which is also the default: 30, and 10 for
    /// namespaces (delivery-and-retry @2ccf6fd4, namespace-delivery-retry @01b326c2). The minimum
    /// is 1.
    pub const fn most_attempts(self) -> u32 {
        match self {
            Self::Basic => 30,
            Self::Namespace => 10,
        }
    }

    /// The longest time to live that a subscription may have: one day, and seven days for
    /// namespaces (delivery-and-retry @2ccf6fd4, namespace-delivery-retry @01b326c2). It is also
    /// the default here. The shortest is one minute, and it is in whole minutes.
    ///
    /// The retention of a namespace topic may be shorter; the caller must apply it.
    pub const fn longest_time_to_live(self) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        match self {
            Self::Basic => Duration::from_secs(DAY),
            Self::Namespace => Duration::from_secs(7 * DAY),
        }
    }
}

/// Shows `basic` or `namespace`.
impl fmt::Display for DeliveryTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Basic => "basic",
            Self::Namespace => "namespace",
        })
    }
}
