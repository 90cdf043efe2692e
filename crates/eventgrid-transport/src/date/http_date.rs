//! The date format of HTTP headers.

use crate::date::CivilDate;
use crate::date::digits::{has_shape, number};

/// Reads an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7) as unix time in
/// seconds.
///
/// Returns `None` for the obsolete forms, which no service that sends `Retry-After` uses, and for a
/// year before 1970. A day that its month does not have runs over into the next month: a sender
/// that is wrong by a day still asks for a pause.
pub(crate) fn parse(text: &str) -> Option<u64> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

    let comma = text.bytes().position(|byte| byte == b',')?;
    let date = text.as_bytes().get(comma + 1..)?;
    if !has_shape(date, b" 00 AAA 0000 00:00:00 GMT") {
        return None;
    }
    let name = date.get(4..7)?;
    let month = (1..).zip(MONTHS.chunks_exact(3)).find(|(_, month)| *month == name)?.0;
    let (day, year) = (number(date, 1), number(date, 8) * 100 + number(date, 10));
    let (hour, minute, second) = (number(date, 13), number(date, 16), number(date, 19));
    if !(1..=31).contains(&day) || hour >= 24 || minute >= 60 || second > 60 || year < 1970 {
        return None;
    }
    let days = u32::try_from(CivilDate { year, month, day }.days_since_1970()).ok()?;
    let second_of_day = u32::try_from((hour * 60 + minute) * 60 + second).ok()?;
    Some(u64::from(days) * 86_400 + u64::from(second_of_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_everyone_knows() {
        let cases = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMt",
            "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
