//! Rewrites variants of RFC 3339 that programs write into RFC 3339.

use core::fmt;

use crate::date::Rfc3339Time;

/// The text of a point in time that is RFC 3339 to the letter, made from a text that may be a
/// variant of it.
///
/// ```
/// use eventgrid_transport::date::Rfc3339Text;
///
/// let text = Rfc3339Text::rewritten("2024-06-01 14:00 +0200").unwrap();
/// assert_eq!(text.as_str(), "2024-06-01T14:00:00+02:00");
/// assert!(Rfc3339Text::rewritten("2024-06-01 24:00").is_none(), "no hour has that number");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339Text {
    bytes: [u8; MAX_LEN],
    len: usize,
}

const MAX_LEN: usize = 64;
/// The room for the digits of the second; the rest is for an offset.
const MAX_LEN_TO_SECOND: usize = MAX_LEN - 6;
/// The length of a date, an hour and a minute.
const START_LEN: usize = 16;

impl Rfc3339Text {
    /// Rewrites a text of any form that [`Rfc3339Time::parse_lenient`] reads: the same point in
    /// time, in the zone that the text says. Digits of a fraction after the 38th are dropped.
    /// `None` if the text is anything else.
    pub fn rewritten(text: &str) -> Option<Self> {
        let mut rewritten = Self { bytes: [0; MAX_LEN], len: 0 };
        // The parts are only copied; the whole is checked at the end.
        let (start, mut rest) = text.as_bytes().split_at_checked(START_LEN)?;
        for byte in start {
            rewritten.push(if *byte == b' ' { b'T' } else { *byte });
        }
        if let [b':', ..] = rest {
            while let [byte @ (b':' | b'.' | b'0'..=b'9'), after @ ..] = rest {
                // Digits beyond the room are dropped.
                if rewritten.len < MAX_LEN_TO_SECOND || !byte.is_ascii_digit() {
                    rewritten.push(*byte);
                }
                rest = after;
            }
        } else {
            rewritten.extend(b":00");
        }
        rewritten.push_zone(rest);
        if !Rfc3339Time::is_valid(rewritten.as_str()) {
            // Perhaps it is second 60 in a minute without a leap second.
            let second = rewritten.bytes.get_mut(START_LEN + 1..START_LEN + 3)?;
            if second != b"60" {
                return None;
            }
            second.copy_from_slice(b"59");
        }
        Rfc3339Time::is_valid(rewritten.as_str()).then_some(rewritten)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }

    fn push_zone(&mut self, text: &[u8]) {
        let zone = text.strip_prefix(b" ").unwrap_or(text);
        if text.is_empty() || zone.eq_ignore_ascii_case(b"gmt") || zone.eq_ignore_ascii_case(b"utc") {
            return self.push(b'Z');
        }
        if !matches!(zone, [b'+' | b'-' | b'Z' | b'z', ..]) {
            // Anything else would be read as a part of the second, so the text is marked as not
            // valid.
            self.len = usize::MAX;
        }
        for (position, byte) in zone.iter().enumerate() {
            if position == 3 && zone.len() == 5 {
                self.push(b':');
            }
            self.push(*byte);
        }
        if zone.len() == 3 {
            self.extend(b":00");
        }
    }

    fn extend(&mut self, part: &[u8]) {
        for byte in part {
            self.push(*byte);
        }
    }

    /// Appends a byte. If it does not fit, the text is marked as not valid.
    fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(self.len) {
            Some(place) => {
                *place = byte;
                self.len += 1;
            }
            None => self.len = usize::MAX,
        }
    }
}

impl fmt::Display for Rfc3339Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Rfc3339Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
