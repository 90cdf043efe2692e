//! Points in time as `jiff::Timestamp`.

use core::fmt;

use eventgrid_transport::date::Rfc3339Time;
use jiff::Timestamp;

use crate::event::{CloudEvent, CloudEventView, EventGridEvent, EventGridEventView};
use crate::json::JsonStr;

#[cfg(feature = "alloc")]
impl CloudEvent<'_> {
    /// Sets `time`, in UTC and with no more digits of the second than it needs:
    /// `2024-06-01T12:00:00Z`, `2024-06-01T12:00:00.25Z`.
    #[must_use]
    pub fn with_timestamp(self, timestamp: Timestamp) -> Self {
        self.with_time(alloc::string::ToString::to_string(&timestamp))
    }
}

impl CloudEvent<'_> {
    /// `time`; `None` if it is absent. What is read as a time, and where it ends, is said at
    /// [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is not a time.
    pub fn timestamp(&self) -> Result<Option<Timestamp>, InvalidTime> {
        self.time.as_deref().map(parse).transpose()
    }
}

impl CloudEventView<'_> {
    /// `time`, to the nanosecond; `None` if it is absent.
    ///
    /// All of RFC 3339 is read, and variants of it that programs write: `2024-06-01 12:00:00Z` (a
    /// space for the `T`), `2024-06-01T12:00Z` (no seconds), `2024-06-01T12:00:00` (no zone, which
    /// means UTC), `+0200` and `+02` for `+02:00`, ` GMT`, ` UTC`, and a space before the zone.
    /// Digits of the second after the ninth are dropped. A leap second is read as the second before
    /// it. None of these variants is ever sent: an event whose time is not exactly RFC 3339 is
    /// refused when it is published, and [`to_event`](CloudEventView::to_event) rewrites it.
    ///
    /// All of the years 0000 to 9999 are read, but a [`Timestamp`] ends at
    /// 9999-12-30T22:00:00.999999999Z: a later time becomes that.
    ///
    /// # Errors
    /// [`InvalidTime`] if it is anything else, such as a day that its month does not have, or hour
    /// 24.
    pub fn timestamp(&self) -> Result<Option<Timestamp>, InvalidTime> {
        self.time().map(parse_json).transpose()
    }
}

impl EventGridEventView<'_> {
    /// `eventTime`. What is read as a time, and where it ends, is said at
    /// [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is not a time.
    pub fn timestamp(&self) -> Result<Timestamp, InvalidTime> {
        parse_json(self.event_time())
    }
}

impl EventGridEvent<'_> {
    /// Sets `eventTime`, in UTC and with no more digits of the second than it needs:
    /// `2024-06-01T12:00:00Z`.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_timestamp(mut self, timestamp: Timestamp) -> Self {
        self.event_time = alloc::string::ToString::to_string(&timestamp).into();
        self
    }

    /// `eventTime`. What is read as a time, and where it ends, is said at
    /// [`CloudEventView::timestamp`].
    ///
    /// # Errors
    /// [`InvalidTime`] if it is not a time.
    pub fn timestamp(&self) -> Result<Timestamp, InvalidTime> {
        parse(&self.event_time)
    }
}

/// Reads a JSON string without its digits of the second that do not count, so that it always fits.
fn parse_json(time: JsonStr<'_>) -> Result<Timestamp, InvalidTime> {
    if let Some(time) = time.as_str() {
        return parse(time);
    }
    let mut scratch = [0; 64];
    let mut out = eventgrid_transport::Buf::new(&mut scratch);
    let mut digits_of_fraction = None;
    for character in time.chars() {
        digits_of_fraction = match (character, digits_of_fraction) {
            ('.', None) => Some(0),
            ('0'..='9', Some(digits)) => Some(digits + 1_usize),
            _ => None,
        };
        if digits_of_fraction.is_none_or(|digits| digits <= 9) {
            out.extend(character.encode_utf8(&mut [0; 4]).as_bytes()).map_err(|_| InvalidTime)?;
        }
    }
    parse(core::str::from_utf8(out.filled()).map_err(|_| InvalidTime)?)
}

fn parse(text: &str) -> Result<Timestamp, InvalidTime> {
    let time = Rfc3339Time::parse_lenient(text).ok_or(InvalidTime)?;
    // There are fewer nanoseconds than `i32` can count.
    let nanosecond = i32::try_from(time.nanosecond()).unwrap_or_default();
    // RFC 3339 begins later than jiff, and ends later.
    Ok(Timestamp::new(time.unix_seconds(), nanosecond).unwrap_or(Timestamp::MAX))
}

/// The error for a time that is neither RFC 3339 nor one of the variants that
/// [`CloudEventView::timestamp`] lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event's time is not a point in time such as `2024-06-01T12:00:00Z`")
    }
}

impl core::error::Error for InvalidTime {}
