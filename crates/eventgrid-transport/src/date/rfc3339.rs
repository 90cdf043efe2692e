//! Points in time as RFC 3339 writes them, such as `2024-06-01T12:00:00Z`.

use core::fmt;

use crate::date::digits::{has_shape, number};
use crate::date::{CivilDate, Rfc3339Text};

const SECONDS_OF_DAY: i64 = 86_400;

/// The largest offset from UTC, 23 hours and 59 minutes, in seconds.
const FARTHEST_OFFSET: i64 = 86_340;

/// 0000-01-01T00:00:00Z, and 9999-12-31T23:59:59Z.
const FIRST_SECOND: i64 = -62_167_219_200;
const LAST_SECOND: i64 = 253_402_300_799;

/// A point in time that RFC 3339 (section 5.6) can write, with a precision of one nanosecond: any
/// time in the years 0000 to 9999, in any zone.
///
/// Texts that name the same point in time in different zones give equal values. A leap second is
/// later than the second before it, and not equal to it.
///
/// ```
/// use eventgrid_transport::date::Rfc3339Time;
///
/// let time = Rfc3339Time::parse("2024-06-01T14:00:00.250+02:00").unwrap();
/// assert_eq!((time.unix_seconds(), time.nanosecond()), (1_717_243_200, 250_000_000));
/// assert_eq!(time.to_string(), "2024-06-01T12:00:00.25Z");
/// assert_eq!(Rfc3339Time::parse("2023-02-29T12:00:00Z"), None, "that year had no leap day");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rfc3339Time {
    unix_seconds: i64,
    /// Whether it is in the leap second after that second.
    leap_second: bool,
    nanosecond: u32,
}

impl Rfc3339Time {
    /// Reads text that is RFC 3339 to the letter; `None` if it is anything else.
    ///
    /// The day must exist in its month, the hour is at most 23, and an offset at most 23:59. `t`
    /// and `z` in lower case are read, too. The second may be 60 in the last minute of a month in
    /// UTC, where leap seconds are inserted. A fraction may have any number of digits; those after
    /// the ninth are dropped.
    ///
    /// ```
    /// use eventgrid_transport::date::Rfc3339Time;
    ///
    /// assert!(Rfc3339Time::parse("2016-12-31T23:59:60Z").is_some());
    /// for other in ["2024-06-01T12:00Z", "2024-06-01 12:00:00Z", "2024-06-01T24:00:00Z", "2024-06-01T12:00:00+0200"] {
    ///     assert_eq!(Rfc3339Time::parse(other), None);
    /// }
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Parts::exact(text).map(|parts| parts.time())
    }

    /// Whether [`parse`](Self::parse) reads the text. On a device this takes less code than
    /// `parse`.
    pub fn is_valid(text: &str) -> bool {
        Parts::exact(text).is_some()
    }

    /// Reads what [`parse`](Self::parse) reads, and variants of it that programs are known to
    /// write; `None` if it is anything else.
    ///
    /// - A space may stand for the `T`.
    /// - The seconds may be missing: `2024-06-01T12:00Z`.
    /// - The zone may be missing, which means UTC.
    /// - An offset may lack its colon, or its colon and minutes: `+0200`, `+02`.
    /// - `GMT` and `UTC`, in upper or lower case, mean UTC.
    /// - One space may precede the zone: `2024-06-01 12:00:00 +0200`.
    /// - Second 60 is read as second 59 in a minute that has no leap second.
    ///
    /// ```
    /// use eventgrid_transport::date::Rfc3339Time;
    ///
    /// let noon = Rfc3339Time::parse("2024-06-01T12:00:00Z");
    /// for text in ["2024-06-01T12:00Z", "2024-06-01 14:00:00 +0200", "2024-06-01T12:00:00 GMT", "2024-06-01T12:00:00"] {
    ///     assert_eq!(Rfc3339Time::parse_lenient(text), noon);
    /// }
    /// assert_eq!(Rfc3339Time::parse_lenient("2024-06-01T24:00Z"), None, "no hour has that number");
    /// ```
    pub fn parse_lenient(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(Rfc3339Text::rewritten(text)?.as_str()))
    }

    /// The point in time `seconds` and `nanosecond` after 1970-01-01T00:00:00Z. `None` if RFC 3339
    /// cannot write it, or if `nanosecond` is 2,000,000,000 or more.
    ///
    /// A `nanosecond` of 1,000,000,000 or more means the leap second after `seconds`, as in the
    /// crate chrono. Where there is no leap second, 1,000,000,000 is subtracted from it.
    pub fn from_unix(seconds: i64, nanosecond: u32) -> Option<Self> {
        if !(FIRST_SECOND - FARTHEST_OFFSET..=LAST_SECOND + FARTHEST_OFFSET).contains(&seconds) {
            return None;
        }
        let (leap_second, nanosecond) = match nanosecond {
            0..1_000_000_000 => (false, nanosecond),
            1_000_000_000..2_000_000_000 => (ends_a_month(seconds), nanosecond - 1_000_000_000),
            _ => return None,
        };
        Some(Self { unix_seconds: seconds, leap_second, nanosecond })
    }

    /// The whole seconds since 1970-01-01T00:00:00Z, without leap seconds; negative before that. A
    /// leap second has the number of the second before it.
    pub const fn unix_seconds(self) -> i64 {
        self.unix_seconds
    }

    /// The nanoseconds since the second began, at most 999,999,999.
    pub const fn nanosecond(self) -> u32 {
        self.nanosecond
    }

    /// Whether this point in time is within a leap second, which is written as second 60.
    pub const fn is_leap_second(self) -> bool {
        self.leap_second
    }
}

/// RFC 3339 in UTC, with as many digits of a second as the value needs: `2024-06-01T12:00:00.25Z`.
/// A precision sets the number of these digits: `{:.3}`.
///
/// A point in time that in UTC is before the year 0000 or after the year 9999 is written with the
/// largest offset, which moves it into these years.
impl fmt::Display for Rfc3339Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, zone) = match self.unix_seconds {
            seconds @ FIRST_SECOND..=LAST_SECOND => (seconds, "Z"),
            early if early < FIRST_SECOND => (early + FARTHEST_OFFSET, "+23:59"),
            late => (late - FARTHEST_OFFSET, "-23:59"),
        };
        let CivilDate { year, month, day } = date(local);
        let of_day = local.rem_euclid(SECONDS_OF_DAY);
        let (hour, minute) = (of_day / 3600, of_day / 60 % 60);
        let second = of_day % 60 + i64::from(self.leap_second);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;

        let (mut fraction, mut digits) = (self.nanosecond, 9);
        let wanted = f.precision();
        while digits > wanted.unwrap_or(0) && (wanted.is_some() || fraction % 10 == 0) {
            fraction /= 10;
            digits -= 1;
        }
        if digits > 0 {
            write!(f, ".{fraction:0digits$}")?;
        }
        f.write_str(zone)
    }
}

fn date(unix_seconds: i64) -> CivilDate {
    // Ten thousand years are four million days, so this never fails.
    let days = i32::try_from(unix_seconds.div_euclid(SECONDS_OF_DAY)).unwrap_or_default();
    CivilDate::from_days_since_1970(days)
}

/// Whether a second is the last one of a month in UTC. A leap second may follow it.
fn ends_a_month(unix_seconds: i64) -> bool {
    (unix_seconds + 1).rem_euclid(SECONDS_OF_DAY) == 0 && date(unix_seconds + 1).day == 1
}

/// The parts of a text, checked to be valid together.
#[derive(Clone, Copy)]
struct Parts {
    date: CivilDate,
    minute_of_day: i32,
    /// 60 only in a leap second.
    second: i32,
    nanosecond: u32,
    /// How far the zone is ahead of UTC.
    offset_minutes: i32,
}

impl Parts {
    fn exact(text: &str) -> Option<Self> {
        let (mut parts, rest) = Self::date_and_minute(text.as_bytes())?;
        let rest = parts.take_second(rest)?;
        parts.offset_minutes = match rest {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), offset @ ..] if has_shape(offset, b"00:00") => {
                signed(*sign, minutes(offset, 3)?)
            }
            _ => return None,
        };
        (parts.second < 60 || parts.is_last_minute_of_a_month()).then_some(parts)
    }

    /// The date and the minute at the beginning, and what comes after them.
    fn date_and_minute(text: &[u8]) -> Option<(Self, &[u8])> {
        let (start, rest) = text.split_at_checked(START.len())?;
        if !has_shape(start, START) {
            return None;
        }
        let year = number(start, 0) * 100 + number(start, 2);
        let date = CivilDate { year, month: number(start, 5), day: number(start, 8) };
        let minute_of_day = minutes(start.get(11..)?, 3)?;
        let parts = Self { date, minute_of_day, second: 0, nanosecond: 0, offset_minutes: 0 };
        date.exists().then_some((parts, rest))
    }

    /// Takes the second with its fraction, and returns what comes after them.
    fn take_second<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (second, mut rest) = text.split_at_checked(3)?;
        self.second = number(second, 1);
        if !has_shape(second, b":00") || self.second > 60 {
            return None;
        }
        if let [b'.', fraction @ ..] = rest {
            rest = fraction;
            let mut unit = 1_000_000_000;
            while let [digit @ b'0'..=b'9', after @ ..] = rest {
                unit /= 10;
                self.nanosecond += unit * u32::from(*digit - b'0');
                rest = after;
            }
            if rest.len() == fraction.len() {
                return None;
            }
        }
        Some(rest)
    }

    /// Whether this minute is the last one of a month in UTC.
    fn is_last_minute_of_a_month(&self) -> bool {
        const LAST_MINUTE: i32 = 24 * 60 - 1;

        match self.minute_of_day - self.offset_minutes {
            LAST_MINUTE => self.date.day == self.date.days_of_month(),
            // In UTC it is the last minute of the day before. No offset is large enough to make it
            // the last minute of the day after.
            -1 => self.date.day == 1,
            _ => false,
        }
    }

    fn time(&self) -> Rfc3339Time {
        let leap_second = self.second == 60;
        let minutes = i64::from(self.date.days_since_1970()) * 24 * 60
            + i64::from(self.minute_of_day - self.offset_minutes);
        let unix_seconds = minutes * 60 + i64::from(self.second) - i64::from(leap_second);
        Rfc3339Time { unix_seconds, leap_second, nanosecond: self.nanosecond }
    }
}

/// A date and a minute.
const START: &[u8; 16] = b"0000-00-00t00:00";

fn signed(sign: u8, minutes: i32) -> i32 {
    if sign == b'-' { -minutes } else { minutes }
}

/// The minute of the day, from an hour at the beginning of `text` and a minute at `minute_at`;
/// `None` if the hour or the minute is out of range.
fn minutes(text: &[u8], minute_at: usize) -> Option<i32> {
    let (hour, minute) = (number(text, 0), number(text, minute_at));
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
