//! Moments. Nothing but the server reads a clock: everything else is told what time it is.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A moment: the time since 1970-01-01 00:00:00 UTC.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::UnixTime;
///
/// let noon = UnixTime::from_secs(1_699_012_800);
/// assert_eq!(noon.to_string(), "2023-11-03T12:00:00.000000000+00:00");
/// assert!(noon + Duration::from_secs(60) > noon);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(Duration);

impl UnixTime {
    /// The moment `duration` after 1970-01-01 00:00:00 UTC.
    pub const fn from_duration(duration: Duration) -> Self {
        Self(duration)
    }

    /// The moment `seconds` after 1970-01-01 00:00:00 UTC.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The time since 1970-01-01 00:00:00 UTC.
    pub const fn as_duration(self) -> Duration {
        self.0
    }

    /// How long after `earlier` this is; nothing if it is not after it.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Saturates: what lies beyond the end of time is the end of time.
impl Add<Duration> for UnixTime {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// RFC 3339 in UTC with nine digits after the second, as the service stamps its errors.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = SignedDuration::try_from(self.0)
            .ok()
            .and_then(|since| Timestamp::from_duration(since).ok())
            .unwrap_or(Timestamp::MAX);
        write!(f, "{}", timestamp.strftime("%Y-%m-%dT%H:%M:%S.%9f+00:00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_are_shown_and_the_end_of_time_does_not_panic() {
        let time = UnixTime::from_duration(Duration::new(1_699_047_387, 628_216_132));
        assert_eq!(time.to_string(), "2023-11-03T21:36:27.628216132+00:00");
        let end = time + Duration::MAX;
        assert_eq!(end + Duration::MAX, end);
        assert!(end.to_string().starts_with("9999-12-30T"), "{end}");
    }
}
