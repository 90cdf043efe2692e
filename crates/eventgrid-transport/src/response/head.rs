//! The head of a response: its status, and the headers that are kept.

use core::fmt;
use core::time::Duration;

use super::request_id::RequestId;
use super::retry_after::RetryAfter;
use crate::date::http_date;

/// The head of a response: its status, and what the client needs of its headers.
///
/// A transport fills it in through a [`Response`](crate::Response).
#[derive(Clone, Default)]
pub struct ResponseHead {
    status: u16,
    retry_after: RetryAfter,
    /// Unix time in seconds.
    date: Option<u64>,
    request_id: RequestId,
}

impl ResponseHead {
    pub(super) fn begin(&mut self, status: u16) {
        *self = Self { status, ..Self::default() };
    }

    pub(super) fn header(&mut self, name: &str, value: &[u8]) {
        // The lengths of the names below. Most headers have another length, and need no further
        // look.
        if !matches!(name.len(), 4 | 11 | 14 | 15 | 19) {
            return;
        }
        let Ok(value) = core::str::from_utf8(trimmed(value)) else { return };
        if self.retry_after.header(name, value) {
        } else if name.eq_ignore_ascii_case("date") {
            self.date = http_date::parse(value);
        } else if name.eq_ignore_ascii_case("x-ms-request-id") {
            self.request_id = RequestId::new(value);
        }
    }

    /// The HTTP status, or 0 if no head has come yet.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    /// How long the service asks to wait before the next attempt, by `retry-after-ms`,
    /// `x-ms-retry-after-ms`, or `Retry-After` in seconds or as a date. `None` if it does not ask.
    ///
    /// From a date, the response's own `Date` is subtracted, or `unix_time` if there is no such
    /// header; without both the result is `None`. `unix_time` is the time since
    /// 1970-01-01T00:00:00Z. A negative value or a date in the past means a delay of zero. A header
    /// that cannot be read is ignored.
    pub fn retry_after(&self, unix_time: Option<Duration>) -> Option<Duration> {
        self.retry_after.delay(self.date.or(unix_time.map(|time| time.as_secs())))
    }

    /// When the service sent the response (`Date`), as the time since 1970-01-01T00:00:00Z. A
    /// device can set its clock by it.
    pub fn date(&self) -> Option<Duration> {
        self.date.map(Duration::from_secs)
    }

    /// The service's own id of the request (`x-ms-request-id`), if it sent one. Basic topics send
    /// it, namespaces do not.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }
}

/// Removes the spaces and tabs around a value (RFC 9110, 5.5). No other byte is white space in a
/// header.
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

impl fmt::Debug for ResponseHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("status", &self.status)
            .field("retry_after", &self.retry_after(None))
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
