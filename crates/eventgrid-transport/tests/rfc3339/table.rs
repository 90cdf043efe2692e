//! Every rule of the grammar, with texts on both sides of it.

use eventgrid_transport::date::Rfc3339Time;

/// 2024-06-01T12:00:00Z.
const NOON: i64 = 1_717_243_200;

/// The text, its seconds since 1970 and its nanoseconds.
const EXACT: [(&str, i64, u32); 45] = [
    ("2024-06-01T12:00:00Z", NOON, 0),
    // Letters of any size.
    ("2024-06-01t12:00:00z", NOON, 0),
    ("2024-06-01t12:00:00Z", NOON, 0),
    ("2024-06-01T12:00:00z", NOON, 0),
    // Any number of digits in the fraction.
    ("2024-06-01T12:00:00.0Z", NOON, 0),
    ("2024-06-01T12:00:00.5Z", NOON, 500_000_000),
    ("2024-06-01T12:00:00.1234567Z", NOON, 123_456_700),
    ("2024-06-01T12:00:00.123456789Z", NOON, 123_456_789),
    ("2024-06-01T12:00:00.1234567891Z", NOON, 123_456_789),
    ("2024-06-01T12:00:00.0000000009999999999999999999999999Z", NOON, 0),
    ("2024-06-01T12:00:00.99999999999999999999999999999999999999999999999999+00:00", NOON, 999_999_999),
    // Offsets to both ends.
    ("2024-06-01T12:00:00+00:00", NOON, 0),
    ("2024-06-01T12:00:00-00:00", NOON, 0),
    ("2024-06-01T14:00:00+02:00", NOON, 0),
    ("2024-06-01T08:30:00-03:30", NOON, 0),
    ("2024-06-02T01:45:00.25+13:45", NOON, 250_000_000),
    ("2024-06-02T11:59:00+23:59", NOON, 0),
    ("2024-05-31T12:01:00-23:59", NOON, 0),
    ("2024-06-01T12:00:00+23:00", NOON - 82_800, 0),
    ("2024-06-01T12:00:00+00:59", NOON - 3_540, 0),
    // The clock at both ends.
    ("2024-06-01T00:00:00Z", NOON - 43_200, 0),
    ("2024-06-01T23:59:59.999999999Z", NOON + 43_199, 999_999_999),
    // The lengths of months.
    ("2024-01-31T00:00:00Z", 1_706_659_200, 0),
    ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
    ("2023-02-28T00:00:00Z", 1_677_542_400, 0),
    ("2000-02-29T12:00:00Z", 951_825_600, 0),
    ("0000-02-29T00:00:00Z", -62_162_121_600, 0),
    ("2024-04-30T00:00:00Z", 1_714_435_200, 0),
    ("2024-12-31T00:00:00Z", 1_735_603_200, 0),
    // The years whole, and what they are in zones where another year is written.
    ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
    ("0000-01-01T00:00:00+23:59", -62_167_305_540, 0),
    ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
    ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999),
    ("1970-01-01T00:00:00Z", 0, 0),
    ("9999-12-30T22:00:00.999999999Z", 253_402_207_200, 999_999_999),
    ("9999-12-30T22:00:01Z", 253_402_207_201, 0),
    ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
    ("9999-12-31T23:59:59.9999999Z", 253_402_300_799, 999_999_900),
    ("9999-12-31T23:59:59.999999999-23:59", 253_402_387_139, 999_999_999),
    // Leap seconds, which the clock of 1970 does not count.
    ("2016-12-31T23:59:60Z", 1_483_228_799, 0),
    ("2015-06-30T23:59:60.5Z", 1_435_708_799, 500_000_000),
    ("1990-12-31T15:59:60-08:00", 662_687_999, 0),
    ("2017-01-01T08:59:60+09:00", 1_483_228_799, 0),
    ("2016-02-29T23:59:60Z", 1_456_790_399, 0),
    ("9999-12-31T23:59:60Z", 253_402_300_799, 0),
];

const REFUSED: [&str; 84] = [
    "",
    "Z",
    "T",
    "now",
    "1717243200",
    "Sat, 01 Jun 2024 12:00:00 GMT",
    // Parts that are missing.
    "2024-06-01",
    "2024-06-01Z",
    "2024-06-01T",
    "2024-06-01T12Z",
    "2024-06-01T12:00Z",
    "2024-06-01T12:00:Z",
    "2024-06-01T12:00:00",
    "2024-06-01T12:00:00.5",
    "12:00:00Z",
    "T12:00:00Z",
    // Other signs between the parts.
    "2024-06-01 12:00:00Z",
    "2024-06-01_12:00:00Z",
    "2024-06-0112:00:00Z",
    "2024-06-01TT12:00:00Z",
    "2024/06/01T12:00:00Z",
    "2024-06-01T12.00.00Z",
    "2024-06-01T12-00-00Z",
    "20240601T120000Z",
    "2024-06-01T120000Z",
    "20240601T12:00:00Z",
    // Other calendars.
    "2024-153T12:00:00Z",
    "2024-W22-6T12:00:00Z",
    // Other numbers of digits.
    "24-06-01T12:00:00Z",
    "02024-06-01T12:00:00Z",
    "12024-06-01T12:00:00Z",
    "+2024-06-01T12:00:00Z",
    "+002024-06-01T12:00:00Z",
    "-2024-06-01T12:00:00Z",
    "-0001-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z",
    "2024-6-01T12:00:00Z",
    "2024-06-1T12:00:00Z",
    "2024-06-01T1:00:00Z",
    "2024-06-01T012:00:00Z",
    "2024-06-01T12:0:00Z",
    "2024-06-01T12:00:0Z",
    "2024-06-01T12:00:000Z",
    // Digits of other scripts, and other signs that look alike.
    "2024-06-0\u{661}T12:00:00Z",
    "2024-06-01T12:00:0\u{ff10}Z",
    "2024\u{2010}06-01T12:00:00Z",
    "2024-06-01T12:00:00\u{2212}02:00",
    "2024-06-01T12:00:00\u{ff3a}",
    "2024-06-01T12:00:0\u{e9}Z",
    // Dates that no calendar has.
    "2024-00-01T12:00:00Z",
    "2024-13-01T12:00:00Z",
    "2024-06-00T12:00:00Z",
    "2024-06-31T12:00:00Z",
    "2024-01-32T12:00:00Z",
    "2023-02-29T12:00:00Z",
    "2023-02-30T00:00:00Z",
    "2024-02-30T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2100-02-29T12:00:00Z",
    "9999-12-32T00:00:00Z",
    // Times that no clock shows.
    "2024-06-01T24:00:00Z",
    "2024-06-01T24:00:00.0Z",
    "2024-06-01T25:00:00Z",
    "2024-06-01T12:60:00Z",
    "2024-06-01T12:00:61Z",
    "2024-06-01T12:00:99Z",
    // Leap seconds where there are none.
    "2016-12-31T23:58:60Z",
    "2016-12-31T22:59:60Z",
    "2016-12-30T23:59:60Z",
    "2016-12-31T23:59:60+01:00",
    "2017-01-01T00:59:60+02:00",
    "2015-02-27T23:59:60Z",
    // Fractions and offsets.
    "2024-06-01T12:00:00.Z",
    "2024-06-01T12:00:00,5Z",
    "2024-06-01T12:00:00.5.5Z",
    "2024-06-01T12:00:00+0200",
    "2024-06-01T12:00:00+02",
    "2024-06-01T12:00:00+25:30",
    "2024-06-01T12:00:00+24:00",
    "2024-06-01T12:00:00+02:60",
    "2024-06-01T12:00:00+02:00:00",
    "2024-06-01T12:00:00Z[UTC]",
    "2024-06-01T12:00:00 Z",
    "2024-06-01T12:00:00 GMT",
];

#[test]
fn what_rfc_3339_has_is_read_exactly() {
    for (text, seconds, nanosecond) in EXACT {
        let time = Rfc3339Time::parse(text).unwrap_or_else(|| panic!("{text} is refused"));
        assert_eq!((time.unix_seconds(), time.nanosecond()), (seconds, nanosecond), "{text}");
        assert_eq!(time.is_leap_second(), text.contains(":60"), "{text}");
        assert!(Rfc3339Time::is_valid(text), "{text}");
        assert_eq!(Rfc3339Time::parse_lenient(text), Some(time), "{text}");
    }
}

#[test]
fn what_rfc_3339_does_not_have_is_refused() {
    for text in REFUSED {
        assert_eq!(Rfc3339Time::parse(text), None, "{text}");
        assert!(!Rfc3339Time::is_valid(text), "{text}");
    }
}

#[test]
fn nothing_may_stand_before_or_after_it() {
    for (text, ..) in EXACT {
        for other in [" ", "\n", "\0", "Z", "0", "\u{feff}", "[UTC]"] {
            // A further digit belongs to an offset or to nothing.
            assert_eq!(Rfc3339Time::parse(&format!("{text}{other}")), None, "{text}{other}");
            assert_eq!(Rfc3339Time::parse(&format!("{other}{text}")), None, "{other}{text}");
        }
    }
}

/// Each prefix lacks something, and each change of one letter to one that never stands there is
/// noticed.
#[test]
fn cut_or_spoiled_texts_are_refused() {
    for (text, ..) in EXACT {
        for end in 0..text.len() {
            assert_eq!(Rfc3339Time::parse(&text[..end]), None, "{}", &text[..end]);
            let spoiled = format!("{}x{}", &text[..end], &text[end + 1..]);
            assert_eq!(Rfc3339Time::parse(&spoiled), None, "{spoiled}");
        }
    }
}

/// Day by day over a whole cycle of leap years, against the rule as RFC 3339 (appendix C) has it.
#[test]
fn months_have_their_lengths() {
    for year in 0..=9999 {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let february = if leap { 29 } else { 28 };
        for (month, days) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
            for day in [0, 1, 28, 29, 30, 31, 32] {
                let text = format!("{year:04}-{month:02}-{day:02}T12:00:00Z");
                assert_eq!(Rfc3339Time::is_valid(&text), (1..=days).contains(&day), "{text}");
            }
        }
    }
}
