//! How long to wait, and what dates mean, against [`dates`](crate::dates). Input: lines `name:
//! value`, as in a response; each value is also read as the time of an event.

use std::time::Duration;

use eventgrid::{AttemptOutcome, Buf, CloudEvent, Replay, Response, RetryPolicy};
use eventgrid_transport::date::{Rfc3339Text, Rfc3339Time};
use jiff::Timestamp;

use crate::dates::{http_date, time_of_event};
use crate::message::Message;

/// Runs the check.
///
/// # Panics
/// If a time is read as another one than the calendar says.
pub fn check(input: &[u8]) {
    let headers = Message::headers_of(input);
    let mut response = Response::new(Buf::new(&mut []));
    response.begin(503);
    let mut expected = Expected::default();
    for (name, value) in &headers {
        response.header(name, value);
        if let Ok(value) = std::str::from_utf8(value) {
            expected.header(&name.to_ascii_lowercase(), value.trim_matches([' ', '\t']));
            time_of_an_event(value);
        }
    }
    let head = response.finish().head;
    for now in [None, Some(Duration::from_secs(784_111_777)), Some(Duration::MAX)] {
        let ours = head.retry_after(now);
        assert_eq!(ours, expected.retry_after(now), "{headers:?}");
        delays_are_in_bounds(ours);
    }
    let id = headers.iter().rfind(|(name, value)| {
        name.eq_ignore_ascii_case("x-ms-request-id") && std::str::from_utf8(value).is_ok()
    });
    let id = id.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(|id| id.trim_matches([' ', '\t']));
    let id = id.filter(|id| (1..=48).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_eq!(head.request_id().as_str(), id);
}

/// What the headers say, the last one that says anything.
#[derive(Default)]
struct Expected {
    /// By a header in milliseconds, which is the more exact one.
    exact: Option<Duration>,
    delay: Option<RetryAfter>,
    date: Option<Duration>,
}

enum RetryAfter {
    Delay(Duration),
    Date(Duration),
}

impl Expected {
    fn header(&mut self, name: &str, value: &str) {
        match name {
            "retry-after" => {
                let date = || http_date(value).map(RetryAfter::Date);
                if let Some(delay) = seconds(value).map(RetryAfter::Delay).or_else(date) {
                    // None of them counts behind a more exact one.
                    self.delay = Some(delay);
                }
            }
            "retry-after-ms" | "x-ms-retry-after-ms" => {
                self.exact = seconds(value).map(|delay| delay / 1000).or(self.exact);
            }
            "date" => self.date = http_date(value),
            _ => {}
        }
    }

    fn retry_after(&self, now: Option<Duration>) -> Option<Duration> {
        match (self.exact, &self.delay) {
            (Some(delay), _) => Some(delay),
            (None, Some(RetryAfter::Delay(delay))) => Some(*delay),
            (None, Some(RetryAfter::Date(date))) => Some(date.saturating_sub(self.date.or(now)?)),
            (None, None) => None,
        }
    }
}

/// A decimal number; nothing if it is negative, and the end of time if it is beyond.
fn seconds(text: &str) -> Option<Duration> {
    let (digits, negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if negative {
        return Some(Duration::ZERO);
    }
    let whole = whole.parse().unwrap_or(u64::MAX);
    let nanoseconds = format!("{fraction:0<9}")[..9].parse().unwrap();
    Some(Duration::new(whole, nanoseconds))
}

/// No delay is shorter than asked for, nor longer than the longer of what is asked for and what is
/// allowed.
fn delays_are_in_bounds(retry_after: Option<Duration>) {
    let retry = RetryPolicy::default();
    let outcome = AttemptOutcome::Status { status: 503, retry_after };
    for (attempt, random_value) in [(1, 0), (2, u64::MAX), (3, 1024)] {
        let delay = retry.delay(attempt, &outcome, Replay::Always, random_value).unwrap();
        let asked = retry_after.unwrap_or_default();
        assert!(delay >= asked && delay <= asked.max(retry.max_delay), "{delay:?} of {asked:?}");
    }
}

fn time_of_an_event(text: &str) {
    let expected = time_of_event(text);
    let counted = |time: Rfc3339Time| {
        let nanoseconds = i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.nanosecond());
        (nanoseconds, time.is_leap_second())
    };
    let lenient = expected.as_ref().map(|time| (time.nanoseconds, time.leap_second));
    let exact = lenient.filter(|_| expected.as_ref().is_some_and(|time| time.exact));
    assert_eq!(Rfc3339Time::parse_lenient(text).map(counted), lenient, "{text}");
    assert_eq!(Rfc3339Time::parse(text).map(counted), exact, "{text}");
    assert_eq!(Rfc3339Time::is_valid(text), exact.is_some(), "{text}");
    let rewritten = Rfc3339Text::rewritten(text);
    assert_eq!(rewritten.and_then(|text| Rfc3339Time::parse(text.as_str())).map(counted), lenient, "{text}");
    if let Some(time) = Rfc3339Time::parse_lenient(text) {
        assert_eq!(Rfc3339Time::parse(&time.to_string()), Some(time), "{text}");
    }

    let event = CloudEvent::new("1", "s", "t").with_time(text);
    // jiff ends before RFC 3339 does.
    let timestamp =
        lenient.map(|(nanoseconds, _)| Timestamp::from_nanosecond(nanoseconds).unwrap_or(Timestamp::MAX));
    assert_eq!(event.timestamp().ok().flatten(), timestamp, "{text}");
    // What is published must be RFC 3339 to the letter.
    assert_eq!(event.check().is_ok(), exact.is_some(), "{text}");
}
