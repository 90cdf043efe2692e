//! Parses dates, by regular expressions for their form and by jiff for the calendar.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};
use regex::{Captures, Regex};

/// `Sun, 06 Nov 1994 08:49:37 GMT` as unix time, whatever the weekday. A day that the month lacks
/// counts on into the next one, and so does second 60.
pub(crate) fn http_date(text: &str) -> Option<Duration> {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        shape(
            "^ ([0-9]{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$",
        )
    });
    let (_weekday, rest) = text.split_once(',')?;
    let parts = SHAPE.captures(rest)?;
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec".find(&parts[2])? / 3 + 1;
    let [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map(|part| number(&parts, part));
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    let in_range = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60 && year >= 1970;
    let of_day = ((day - 1) * 24 + hour) * 3600 + minute * 60 + second;
    in_range.then(|| since_1970(first.at(0, 0, 0, 0)) + SignedDuration::from_secs(of_day)).map(unsigned)
}

/// The expiry of a shared access signature, in each of the forms that `eventgrid::sas` reads.
pub(crate) fn expiry(text: &str) -> Option<Duration> {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        shape(
            "^(?:([0-9]{1,4})/([0-9]{1,2})/([0-9]{4})|([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2}))[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})\
             (?:\\.([0-9]{1,9}))?(?:[ \u{202f}]([AaPp])[Mm])?(?:[Zz]| ?([+-])([0-9]{2}):?([0-9]{2}))?$",
        )
    });
    let parts = SHAPE.captures(text)?;
    let [year, month, day] = if parts.get(1).is_some() { [3, 1, 2] } else { [4, 5, 6] };
    let [year, month, day] = [year, month, day].map(|part| number(&parts, part));
    let hour = match (parts.get(11).map(|half| half.as_str().to_ascii_lowercase()), number(&parts, 7)) {
        (None, hour) => hour,
        (Some(half), hour @ 1..=12) => hour % 12 + if half == "p" { 12 } else { 0 },
        (Some(_), _) => return None,
    };
    let start = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let (minute, second) = (number(&parts, 8), number(&parts, 9));
    let (ahead_hours, ahead_minutes) = (number(&parts, 13), number(&parts, 14));
    if year == 0 || hour > 23 || minute > 59 || second > 59 || ahead_hours > 23 || ahead_minutes > 59 {
        return None;
    }
    let sign = if parts.get(12).is_some_and(|sign| sign.as_str() == "-") { -1 } else { 1 };
    let of_day = hour * 3600 + minute * 60 + second - sign * (ahead_hours * 3600 + ahead_minutes * 60);
    let since = since_1970(start.at(0, 0, 0, 0)) + SignedDuration::from_secs(of_day);
    // What lies before 1970 is 1970, its fraction included.
    if since.is_negative() {
        return Some(Duration::ZERO);
    }
    Some(unsigned(since) + Duration::from_nanos(fraction(parts.get(10).map_or("", |digits| digits.as_str()))))
}

/// A point in time as text says it.
pub(crate) struct TimeOfEvent {
    /// Whether the text is RFC 3339 to the letter.
    pub(crate) exact: bool,
    /// Nanoseconds since 1970; those of the second before a leap second for that.
    pub(crate) nanoseconds: i128,
    pub(crate) leap_second: bool,
}

/// The `time` of an event, read as leniently as `eventgrid` does.
pub(crate) fn time_of_event(text: &str) -> Option<TimeOfEvent> {
    static EXACT: LazyLock<Regex> = LazyLock::new(|| {
        shape(
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
        )
    });
    static LENIENT: LazyLock<Regex> = LazyLock::new(|| {
        shape(
            "^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]+))?)?\
             (?: ?([Zz]|[Gg][Mm][Tt]|[Uu][Tt][Cc])| ?([+-])([0-9]{2})(?::?([0-9]{2}))?)?$",
        )
    });
    let parts = LENIENT.captures(text)?;
    let [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(|part| number(&parts, part));
    let (ahead_hours, ahead_minutes) = (number(&parts, 10), number(&parts, 11));
    if hour > 23 || minute > 59 || second > 60 || ahead_hours > 23 || ahead_minutes > 59 {
        return None;
    }
    let start = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let sign = if parts.get(9).is_some_and(|sign| sign.as_str() == "-") { -1 } else { 1 };
    let ahead = SignedDuration::from_secs(sign * (ahead_hours * 3600 + ahead_minutes * 60));
    let local =
        start.at(0, 0, 0, 0).checked_add(SignedDuration::from_secs(hour * 3600 + minute * 60)).ok()?;
    // What is after the year 9999 in UTC is not the end of a month there.
    let leap_second = second == 60
        && local.checked_sub(ahead).is_ok_and(|utc| {
            (utc.hour(), utc.minute()) == (23, 59) && utc.date() == utc.date().last_of_month()
        });
    let since = since_1970(local) - ahead + SignedDuration::from_secs(second.min(59));
    let nanosecond = fraction(parts.get(7).map_or("", |digits| digits.as_str()));
    Some(TimeOfEvent {
        exact: EXACT.is_match(text) && (second < 60 || leap_second),
        nanoseconds: since.as_nanos() + i128::from(nanosecond),
        leap_second,
    })
}

fn shape(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// The number that a part is; 0 if the part is not there.
fn number(parts: &Captures<'_>, part: usize) -> i64 {
    parts.get(part).map_or(0, |digits| digits.as_str().parse().expect("at most four digits"))
}

/// The nanoseconds that the digits behind a point are; further ones are dropped.
fn fraction(digits: &str) -> u64 {
    format!("{digits:0<9}")[..9].parse().expect("nine digits")
}

fn since_1970(time: DateTime) -> SignedDuration {
    time.duration_since(date(1970, 1, 1).at(0, 0, 0, 0))
}

fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}
