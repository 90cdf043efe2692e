//! Points in time as `jiff::Timestamp`.

use core::fmt;

use jiff::Timestamp;

use crate::event::rfc3339::Rfc3339;
use crate::event::{CloudEvent, CloudEventView, EventGridEvent, EventGridEventView};
use crate::json::JsonStr;

#[cfg(feature = "alloc")]
impl CloudEvent<'_> {
    /// Sets `time`, in UTC and with no more digits of the second than it needs: `2024-06-01T12:00:00Z`, `2024-06-01T12:00:00.25Z`.
    #[must_use]
    pub fn with_timestamp(self, timestamp: Timestamp) -> Self {
        self.with_time(alloc::string::ToString::to_string(&timestamp))
    }
}

impl CloudEvent<'_> {
    /// `time`, none if it is absent. What is taken for a time is said at [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is none.
    pub fn timestamp(&self) -> Result<Option<Timestamp>, InvalidTime> {
        self.time.as_deref().map(parse).transpose()
    }
}

impl CloudEventView<'_> {
    /// `time`, none if it is absent.
    ///
    /// It is read as RFC 3339 says, and as programs write it: in any zone or in none, which is taken for UTC; with `t`, a space or `z` for
    /// the capital letters; with any number of digits of the second, of which those behind the nanoseconds are dropped. A leap second is
    /// taken for the second before it.
    ///
    /// # Errors
    /// [`InvalidTime`] if it is none.
    pub fn timestamp(&self) -> Result<Option<Timestamp>, InvalidTime> {
        self.time().map(parse_json).transpose()
    }
}

impl EventGridEventView<'_> {
    /// `eventTime`. What is taken for a time is said at [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is none.
    pub fn timestamp(&self) -> Result<Timestamp, InvalidTime> {
        parse_json(self.event_time())
    }
}

impl EventGridEvent<'_> {
    /// Sets `eventTime`, in UTC and with no more digits of the second than it needs: `2024-06-01T12:00:00Z`.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_timestamp(mut self, timestamp: Timestamp) -> Self {
        self.event_time = alloc::string::ToString::to_string(&timestamp).into();
        self
    }

    /// `eventTime`. What is taken for a time is said at [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is none.
    pub fn timestamp(&self) -> Result<Timestamp, InvalidTime> {
        parse(&self.event_time)
    }
}

fn parse_json(time: JsonStr<'_>) -> Result<Timestamp, InvalidTime> {
    let mut scratch = [0; 64];
    match time.as_str() {
        Some(time) => parse(time),
        None => parse(time.decode_into(&mut scratch).map_err(|_| InvalidTime)?),
    }
}

/// Brings it into the one form that RFC 3339 has for it, and lets the date crate judge that.
fn parse(text: &str) -> Result<Timestamp, InvalidTime> {
    let time = Rfc3339::split(text).ok_or(InvalidTime)?;
    let nanoseconds = time.fraction.get(..9).unwrap_or(time.fraction);
    let parts = [
        time.date_and_time,
        if nanoseconds.is_empty() { "" } else { "." },
        nanoseconds,
        if time.offset.is_empty() { "Z" } else { time.offset },
    ];
    let mut buffer = [0; 19 + 1 + 9 + 6];
    let mut buffer = crate::Buf::new(&mut buffer);
    for part in parts {
        buffer.extend(part.as_bytes()).map_err(|_| InvalidTime)?;
    }
    let text = core::str::from_utf8(buffer.filled()).map_err(|_| InvalidTime)?;
    text.parse().map_err(|_| InvalidTime)
}

/// An event's time is no point in time as RFC 3339 writes it, or not one in the years that `jiff` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event's time is no point in time such as `2024-06-01T12:00:00Z`")
    }
}

impl core::error::Error for InvalidTime {}
