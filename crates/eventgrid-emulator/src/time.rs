//! Moments. Nothing but the server reads a clock: everything else is told what time it is.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use eventgrid_transport::date::Rfc3339Time;

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

    /// Reads RFC 3339; `None` if it is not, or before 1970.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let time = Rfc3339Time::parse(text)?;
        let seconds = u64::try_from(time.unix_seconds()).ok()?;
        Some(Self(Duration::new(seconds, time.nanosecond())))
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

/// RFC 3339 in UTC with nine digits after the second, as the service stamps its errors, or as many
/// as the precision says.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.0.as_secs()).ok().filter(|seconds| *seconds <= END.0);
        let (seconds, nanosecond) = seconds.map_or(END, |seconds| (seconds, self.0.subsec_nanos()));
        let time = Rfc3339Time::from_unix(seconds, nanosecond).ok_or(fmt::Error)?;
        let digits = f.precision().unwrap_or(9);
        write!(f, "{}+00:00", format!("{time:.digits$}").trim_end_matches('Z'))
    }
}

/// The last moment of the year 9999.
const END: (i64, u32) = (253_402_300_799, 999_999_999);

/// Reads the time of a published event: RFC 3339, or with a space for the `T`, as the service was
/// recorded to take it.
pub(crate) fn published(text: &str) -> Option<Rfc3339Time> {
    Rfc3339Time::parse(text).or_else(|| {
        let (date, time) = text.split_once(' ')?;
        Rfc3339Time::parse(&format!("{date}T{time}"))
    })
}

/// Whether every common reader can read a time: it is in no leap second, and in the years 0001 to
/// 9999 of UTC. Python's SDK loses a whole batch for one that is not.
pub(crate) fn is_common(time: Rfc3339Time) -> bool {
    const START: i64 = -62_135_596_800;
    !time.is_leap_second() && (START..=END.0).contains(&time.unix_seconds())
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
        assert_eq!(end.to_string(), "9999-12-31T23:59:59.999999999+00:00");
        let last = UnixTime::from_duration(Duration::new(253_402_300_799, 5));
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.000000005+00:00");
        let after = UnixTime::from_secs(253_402_300_800);
        assert_eq!(after.to_string(), end.to_string());
    }

    #[test]
    fn common_times_have_common_years_and_seconds() {
        for (text, expected) in [
            ("0001-01-01T00:00:00Z", true),
            ("0000-12-31T23:59:59.9Z", false),
            ("0001-01-01T00:00:00+00:01", false),
            ("0000-12-31T23:59:00-00:01", true),
            ("9999-12-31T23:59:59.999999999Z", true),
            ("9999-12-31T23:59:59-00:01", false),
            ("2016-12-31T23:59:60Z", false),
            ("2016-12-31T23:59:59Z", true),
        ] {
            assert_eq!(is_common(published(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_space_may_stand_where_a_t_does_and_nowhere_else() {
        let time = Rfc3339Time::parse("2023-11-05T16:19:34.136651Z");
        assert_eq!(published("2023-11-05 16:19:34.136651+00:00"), time);
        assert_eq!(published("2023-11-05T16:19:34.136651+00:00"), time);
        for other in [
            "2023-11-05  16:19:34Z",
            "2023-11-05 T16:19:34Z",
            "2023-11-05 16:19:34 Z",
            "2023-11-05T16:19:34 Z",
        ] {
            assert_eq!(published(other), None, "{other}");
        }
    }
}
