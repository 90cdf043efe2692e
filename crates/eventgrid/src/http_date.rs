//! The date format of HTTP headers.

use crate::civil_date::CivilDate;

/// Reads an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7) as unix time in seconds.
///
/// The obsolete forms are not sent by anyone who sends `Retry-After`, and read as `None`, as does a year before 1970. A day that
/// its month lacks counts on into the next one: a sender that errs by a day still means to be left alone.
pub(crate) fn parse(text: &str) -> Option<u64> {
    const MONTHS: [[u8; 3]; 12] = [
        *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct", *b"Nov",
        *b"Dec",
    ];

    let (_weekday, rest) = text.split_once(',')?;
    let date: &[u8; 25] = rest.as_bytes().try_into().ok()?;
    let [b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', clock @ ..] = date else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2, b' ', b'G', b'M', b'T'] = clock else { return None };
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == [*m1, *m2, *m3])?.0;
    let year = number(&[*y1, *y2, *y3, *y4])?;
    let [day, hour, minute, second] =
        [[d1, d2], [h1, h2], [n1, n2], [s1, s2]].map(|[tens, ones]| number(&[*tens, *ones]));
    let (day, hour, minute, second) = (day?, hour?, minute?, second?);
    if !(1..=31).contains(&day) || hour >= 24 || minute >= 60 || second > 60 || year < 1970 {
        return None;
    }
    let days = CivilDate { year, month, day }.days_since_1970();
    u64::try_from(((days * 24 + hour) * 60 + minute) * 60 + second).ok()
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
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
