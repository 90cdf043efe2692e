//! How long the service asks to wait, by any of the headers that say so.

use core::time::Duration;

use crate::date::http_date;

/// What the headers of a response say about the time of the next attempt.
#[derive(Clone, Copy, Default)]
pub(super) struct RetryAfter {
    asked: Option<Asked>,
    /// Whether it was in milliseconds.
    is_exact: bool,
}

#[derive(Clone, Copy)]
enum Asked {
    Delay(Duration),
    /// Unix time in seconds.
    Date(u64),
}

impl RetryAfter {
    /// Takes a header, and returns whether it asks for a delay.
    pub(super) fn header(&mut self, name: &str, value: &str) -> bool {
        if name.eq_ignore_ascii_case("retry-after") {
            // The headers in milliseconds are more exact, so they win in any order.
            if !self.is_exact {
                let date = || http_date::parse(value).map(Asked::Date);
                self.asked = seconds(value).map(Asked::Delay).or_else(date).or(self.asked);
            }
        } else if name.eq_ignore_ascii_case("retry-after-ms")
            || name.eq_ignore_ascii_case("x-ms-retry-after-ms")
        {
            if let Some(delay) = seconds(value) {
                self.asked = Some(Asked::Delay(delay / 1000));
                self.is_exact = true;
            }
        } else {
            return false;
        }
        true
    }

    /// The delay, if the service asked for one. If it named a date, the unix time in seconds
    /// (`now`) must be known, or the result is `None`.
    pub(super) fn delay(&self, now: Option<u64>) -> Option<Duration> {
        match self.asked? {
            Asked::Delay(delay) => Some(delay),
            Asked::Date(date) => Some(Duration::from_secs(date.saturating_sub(now?))),
        }
    }
}

/// Reads a number of seconds such as `"3"`, `"0.5"` or `"-1"`. A negative number is zero, and one
/// that is too large the largest duration. It is read by hand, since reading a float costs a device
/// 14 kB of flash.
fn seconds(value: &str) -> Option<Duration> {
    let (is_negative, digits) = match value.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if !digits.first()?.is_ascii_digit() || !digits.last()?.is_ascii_digit() {
        return None;
    }
    let (mut seconds, mut nanoseconds) = (0_u64, 0);
    // The value of the next digit after the point, in nanoseconds; `None` before the point.
    let mut unit = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        match unit {
            None if byte == b'.' => unit = Some(100_000_000_u64),
            _ if digit > 9 => return None,
            None => seconds = seconds.saturating_mul(10).saturating_add(digit.into()),
            Some(counts) => {
                nanoseconds += u64::from(digit) * counts;
                unit = Some(counts / 10);
            }
        }
    }
    let positive = Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds));
    Some(if is_negative { Duration::ZERO } else { positive })
}
