//! Moments as the broker keeps them: in eight bytes, since every event has some.

use std::time::Duration;

use crate::time::UnixTime;

/// Nanoseconds since 1970. What lies after the year 2554 is [`Moment::NEVER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// The moment that does not come.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    pub(super) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanoseconds(duration)))
    }

    /// `None` if there is no such moment.
    pub(super) fn before(self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(nanoseconds(duration)).map(Self)
    }

    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The nanoseconds since 1970; [`u64::MAX`] for the moment that does not come.
    pub(crate) fn to_nanoseconds(self) -> u64 {
        self.0
    }

    pub(crate) fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self(nanoseconds)
    }

    /// `None` for the moment that does not come.
    pub(super) fn to_unix_time(self) -> Option<UnixTime> {
        (self != Self::NEVER).then(|| UnixTime::from_duration(Duration::from_nanos(self.0)))
    }
}

impl From<UnixTime> for Moment {
    fn from(time: UnixTime) -> Self {
        Self(nanoseconds(time.as_duration()))
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
