//! The shape of a point in time as text (RFC 3339, section 5.6).

use crate::text::has_shape;

/// The parts of a point in time. Only its shape was checked: there may be a month 13.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "jiff"), expect(dead_code, reason = "the shape alone is asked for"))]
pub(super) struct Rfc3339<'t> {
    /// `2024-06-01T12:00:00`, or with `t` or a space in its middle.
    pub(super) date_and_time: &'t str,
    /// The digits behind the point; none if there is no point.
    pub(super) fraction: &'t str,
    /// `Z`, `z` or `+02:00`; nothing if it says no zone.
    pub(super) offset: &'t str,
}

impl<'t> Rfc3339<'t> {
    /// Splits text that has the shape, also with a space for the `T` and without a zone, as some programs write it.
    pub(super) fn split(text: &'t str) -> Option<Self> {
        let (date_and_time, rest) = text.split_at_checked(19)?;
        let has_fraction = rest.as_bytes().starts_with(b".");
        let (fraction, offset) = if has_fraction {
            let rest = rest.get(1..)?;
            rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_digit).count())?
        } else {
            ("", rest)
        };
        let (date, time) = date_and_time.split_at_checked(10)?;
        let valid = has_shape(date, b"0000-00-00")
            && has_shape(time.get(1..)?, b"00:00:00")
            && matches!(time.as_bytes(), [b'T' | b't' | b' ', ..])
            && fraction.is_empty() != has_fraction
            && match offset.as_bytes() {
                [] | [b'Z' | b'z'] => true,
                [b'+' | b'-', ..] => has_shape(offset.get(1..)?, b"00:00"),
                _ => false,
            };
        valid.then_some(Self { date_and_time, fraction, offset })
    }
}

/// Whether text has the shape exactly.
pub(super) fn is_rfc3339(text: &str) -> bool {
    Rfc3339::split(text)
        .is_some_and(|time| !time.offset.is_empty() && !time.date_and_time.as_bytes().contains(&b' '))
}

#[cfg(test)]
mod tests {
    use super::is_rfc3339;

    #[test]
    fn the_shape_is_that_of_rfc_3339() {
        for exact in [
            "2024-06-01T12:00:00Z",
            "2024-06-01t12:00:00z",
            "2024-06-01T12:00:00.1Z",
            "2024-06-01T12:00:00.1234567890123Z",
            "2024-06-01T12:00:00+02:00",
            "2024-06-01T12:00:00.5-00:30",
            "2016-12-31T23:59:60Z",
        ] {
            assert!(is_rfc3339(exact), "{exact}");
        }
        for other in [
            "",
            "Z",
            "2024-06-01",
            "2024-06-01T12:00Z",
            "2024-06-01T12:00:00",
            "2024-06-01 12:00:00Z",
            "2024-06-01T12:00:00.Z",
            "2024-06-01T12:00:00,5Z",
            "2024-06-01T12:00:00+0200",
            "2024-06-01T12:00:00+02",
            "2024-06-01T12:00:00+02:00:00",
            "2024-06-01T12:00:00 Z",
            "2024-06-01T12:00:00Z ",
            " 2024-06-01T12:00:00Z",
            "20240601T120000Z",
            "+02024-06-01T12:00:00Z",
            "2024-06-01T12:00:00ZZ",
            "2024-06-01T12:00:00Z[UTC]",
            "2024-06-0\u{661}T12:00:00Z",
            "2024-06-01T12:00:0\u{e9}Z",
            "Sat, 01 Jun 2024 12:00:00 GMT",
            "1717243200",
        ] {
            assert!(!is_rfc3339(other), "{other}");
        }
    }
}
