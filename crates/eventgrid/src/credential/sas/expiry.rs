//! The expiry of a shared access signature as text: one form to write, many to read.

#[cfg(feature = "sas")]
use core::fmt;
use core::time::Duration;

use eventgrid_transport::date::CivilDate;

#[cfg(feature = "sas")]
const SECONDS_OF_DAY: u64 = 86_400;

/// 9999-12-31T23:59:59Z.
#[cfg(feature = "sas")]
const END_OF_9999: u64 = 253_402_300_799;

/// A time in whole seconds of unix time. It is written in UTC as `M/d/yyyy h:mm:ss tt`, such as
/// `6/5/2024 12:09:03 PM`.
#[cfg(feature = "sas")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expiry {
    date: CivilDate,
    second_of_day: u64,
}

#[cfg(feature = "sas")]
impl Expiry {
    /// The expiry at this time, or at the end of the year 9999 if it is later, because dates of the
    /// service's platform end there.
    pub(super) fn new(unix_time: Duration) -> Self {
        let seconds = unix_time.as_secs().min(END_OF_9999);
        let days = i32::try_from(seconds / SECONDS_OF_DAY).unwrap_or_default();
        Self { date: CivilDate::from_days_since_1970(days), second_of_day: seconds % SECONDS_OF_DAY }
    }
}

#[cfg(feature = "sas")]
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CivilDate { year, month, day } = self.date;
        let (hour, minute, second) =
            (self.second_of_day / 3600, self.second_of_day / 60 % 60, self.second_of_day % 60);
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        write!(f, "{month}/{day}/{year:04} {hour}:{minute:02}:{second:02} {half}")
    }
}

/// Reads every form that official SDKs and the service's documentation write, and returns it as
/// unix time:
///
/// - `M/d/yyyy h:mm:ss tt`, with or without zeros in front, with or without an offset behind,
/// - `yyyy-MM-ddTHH:mm:ss`, or with a space for the `T`, with or without a fraction of up to nine
///   digits, with or without an offset or `Z`.
///
/// A time without a zone is in UTC. A time before 1970 is read as 1970, which has expired as well.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = Rest(text.as_bytes());
    let first = rest.number(1, 4)?;
    let date = if rest.eat(b'/') {
        let day = rest.number(1, 2)?;
        rest.expect(b'/')?;
        CivilDate { year: rest.number(4, 4)?, month: first, day }
    } else {
        rest.expect(b'-')?;
        let month = rest.number(1, 2)?;
        rest.expect(b'-')?;
        CivilDate { year: first, month, day: rest.number(1, 2)? }
    };
    if !rest.eat(b'T') && !rest.eat(b't') {
        rest.expect(b' ')?;
    }
    let hour = rest.number(1, 2)?;
    rest.expect(b':')?;
    let minute = rest.number(1, 2)?;
    rest.expect(b':')?;
    let second = rest.number(1, 2)?;
    let nanoseconds = if rest.eat(b'.') { rest.nanoseconds()? } else { 0 };
    let hour = rest.half_of_day(hour)?;
    let offset = rest.offset()?;
    if !rest.0.is_empty() || date.year == 0 || !date.exists() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let minutes = i64::from(date.days_since_1970() * 24 + hour) * 60 + i64::from(minute - offset);
    let seconds = minutes * 60 + i64::from(second);
    Some(u64::try_from(seconds).map_or(Duration::ZERO, |seconds| Duration::new(seconds, nanoseconds)))
}

/// The text that must still be read.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        self.eat_all(&[byte])
    }

    fn eat_all(&mut self, bytes: &[u8]) -> bool {
        self.0.strip_prefix(bytes).map(|rest| self.0 = rest).is_some()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// Reads a number of `least` to `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i32> {
        let digits = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at_checked(digits).filter(|_| digits >= least)?;
        self.0 = rest;
        core::str::from_utf8(number).ok()?.parse().ok()
    }

    /// The digits of a fraction of a second.
    fn nanoseconds(&mut self) -> Option<u32> {
        let before = self.0.len();
        let fraction = u32::try_from(self.number(1, 9)?).ok()?;
        let digits = u32::try_from(before - self.0.len()).ok()?;
        Some(fraction * 10_u32.pow(9_u32.checked_sub(digits)?))
    }

    /// Reads `AM` or `PM`, if it follows, and returns the hour of the day.
    fn half_of_day(&mut self, hour: i32) -> Option<i32> {
        // Newer versions of ICU write a narrow no-break space before it.
        let narrow_no_break_space = "\u{202f}".as_bytes();
        let marked = [b" ".as_slice(), narrow_no_break_space].into_iter().find_map(|space| {
            let rest = self.0.strip_prefix(space)?;
            let (half, rest) = rest.split_at_checked(2)?;
            let afternoon = half.eq_ignore_ascii_case(b"PM");
            (afternoon || half.eq_ignore_ascii_case(b"AM")).then_some((afternoon, rest))
        });
        let Some((afternoon, rest)) = marked else { return Some(hour) };
        self.0 = rest;
        let in_half = (1..=12).contains(&hour).then_some(hour % 12)?;
        Some(if afternoon { in_half + 12 } else { in_half })
    }

    /// Reads `Z` or an offset from UTC, if one follows, and returns it in minutes.
    fn offset(&mut self) -> Option<i32> {
        if self.0.is_empty() || self.eat(b'Z') || self.eat(b'z') {
            return Some(0);
        }
        self.eat(b' ');
        let sign = if self.eat(b'-') {
            -1
        } else {
            self.expect(b'+')?;
            1
        };
        let hours = self.number(2, 2)?;
        self.eat(b':');
        let minutes = self.number(2, 2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

#[cfg(all(test, feature = "sas"))]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn one_form_is_written() {
        for (seconds, text) in [
            (0, "1/1/1970 12:00:00 AM"),
            (951_868_799, "2/29/2000 11:59:59 PM"),
            (951_868_800, "3/1/2000 12:00:00 AM"),
            (1_709_208_000, "2/29/2024 12:00:00 PM"),
            (1_717_545_909, "6/5/2024 12:05:09 AM"),
            (1_717_589_343, "6/5/2024 12:09:03 PM"),
            (1_717_592_400, "6/5/2024 1:00:00 PM"),
            (1_735_689_599, "12/31/2024 11:59:59 PM"),
            (1_735_689_600, "1/1/2025 12:00:00 AM"),
            (4_107_542_399, "2/28/2100 11:59:59 PM"),
            (4_107_542_400, "3/1/2100 12:00:00 AM"),
            (253_402_300_799, "12/31/9999 11:59:59 PM"),
            (253_402_300_800, "12/31/9999 11:59:59 PM"),
            (u64::MAX, "12/31/9999 11:59:59 PM"),
        ] {
            assert_eq!(Expiry::new(Duration::from_secs(seconds)).to_string(), text);
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn every_form_in_use_is_read() {
        for text in [
            "6/5/2024 12:09:03 PM",
            "6/5/2024 12:09:03\u{202f}PM",
            "06/05/2024 12:09:03 pm",
            "6/5/2024 12:9:3 PM",
            "6/5/2024 12:09:03 PM +00:00",
            "6/5/2024 2:09:03 PM +02:00",
            "6/5/2024 4:39:03 AM -07:30",
            "2024-06-05 12:09:03",
            "2024-06-05T12:09:03",
            "2024-06-05t12:09:03z",
            "2024-06-05T12:09:03Z",
            "2024-06-05 12:09:03+00:00",
            "2024-06-05 14:09:03+0200",
            "2024-06-04T22:09:03-14:00",
            "2024-06-05T12:09:03.000000000Z",
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(1_717_589_343)), "{text}");
        }
        let fraction = Duration::new(1_717_589_343, 123_456_000);
        assert_eq!(parse("2024-06-05 12:09:03.123456+00:00"), Some(fraction));
        assert_eq!(parse("2024-06-05T12:09:03.123456"), Some(fraction));
        assert_eq!(parse("6/5/2024 12:05:09 AM"), Some(Duration::from_secs(1_717_545_909)));
        assert_eq!(parse("9999-12-31T23:59:59.9999999"), Some(Duration::new(253_402_300_799, 999_999_900)));
        assert_eq!(parse("9999-12-31T23:59:59-23:59"), Some(Duration::from_secs(253_402_387_139)));
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn what_lies_before_1970_is_1970() {
        for text in ["0001-01-01T00:00:00", "1/1/0001 12:00:00 AM", "1970-01-01T00:00:00+00:01"] {
            assert_eq!(parse(text), Some(Duration::ZERO), "{text}");
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "1717589343",
            "2024-06-05",
            "6/5/2024",
            "6/5/2024 12:09 PM",
            "6/5/24 12:09:03 PM",
            "13/5/2024 12:09:03 PM",
            "2/30/2024 12:09:03 PM",
            "2/29/2023 12:09:03 PM",
            "6/5/2024 0:09:03 PM",
            "6/5/2024 13:09:03 PM",
            "6/5/2024 12:09:03 XM",
            "6/5/2024  12:09:03 PM",
            "6/5/2024 12:09:03 PM ",
            "6-5-2024 12:09:03 PM",
            "-6/5/2024 12:09:03 PM",
            "99999-06-05T12:09:03Z",
            "0000-01-01T00:00:00Z",
            "2024-00-05T12:09:03Z",
            "2024-06-00T12:09:03Z",
            "2024-06-31T12:09:03Z",
            "2024-06-05T24:00:00Z",
            "2024-06-05T12:60:03Z",
            "2024-06-05T12:09:60Z",
            "2024-06-05T12:09:03.Z",
            "2024-06-05T12:09:03.1234567890Z",
            "2024-06-05T12:09:03ZZ",
            "2024-06-05T12:09:03+24:00",
            "2024-06-05T12:09:03+00:60",
            "2024-06-05T12:09:03+1:00",
            "2024-06-05T12:09:03 ",
            "2024-06-05T+2:09:03Z",
            "２０２４-06-05T12:09:03Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
