//! What programs write in place of RFC 3339.

use eventgrid_transport::date::{Rfc3339Text, Rfc3339Time};

/// Texts of 2024-06-01T12:00:00Z that are not RFC 3339.
const NOON: [&str; 24] = [
    "2024-06-01 12:00:00Z",
    "2024-06-01T12:00:00",
    "2024-06-01 12:00:00",
    "2024-06-01T12:00Z",
    "2024-06-01T12:00z",
    "2024-06-01T12:00",
    "2024-06-01 12:00",
    "2024-06-01T14:00+02:00",
    "2024-06-01T14:00+0200",
    "2024-06-01T12:00:00+0000",
    "2024-06-01T12:00:00-0000",
    "2024-06-01T14:00:00+0200",
    "2024-06-01T08:30:00-0330",
    "2024-06-02T11:59:00+2359",
    "2024-06-01T14:00:00+02",
    "2024-06-01 12:00:00+00",
    "2024-06-01T12:00:00 GMT",
    "2024-06-01T12:00:00GMT",
    "2024-06-01 12:00:00 UTC",
    "2024-06-01 12:00:00 utc",
    "2024-06-01 12:00 GMT",
    "2024-06-01 12:00:00 Z",
    "2024-06-01 14:00:00 +0200",
    "2024-06-01 14:00:00 +02:00",
];

const REFUSED: [&str; 45] = [
    "",
    "2024-06-01",
    "2024-06-01T",
    "2024-06-01T12",
    "2024-06-01T12Z",
    "2024-06-01T12:",
    "2024-06-01T12:00:",
    "2024-06-01T12:00.5Z",
    "2024-06-01T12:00.25Z",
    "2024-06-01T12:00.25",
    "2024-06-01T12:00 .25Z",
    "2024-06-01T12:00 0Z",
    "2024-06-01T12:00:00.123 000100Z",
    "2024-06-01T12:00:00 .5Z",
    "2024-06-01T12:00:00. 5Z",
    "2024-06-01T12:00:00.",
    "2024-06-01T12:00:00.Z",
    "2024-06-01T12:00:00,5Z",
    "2024-06-01T12:00:00 ",
    "2024-06-01T12:00:00  Z",
    "2024-06-01T12:00:00Z ",
    "2024-06-01T12:00:00ZZ",
    "2024-06-01T12:00:00\tZ",
    "2024-06-01  12:00:00Z",
    " 2024-06-01T12:00:00Z",
    "2024-06-01T12:00:00+",
    "2024-06-01T12:00:00+2",
    "2024-06-01T12:00:00+02:",
    "2024-06-01T12:00:00+02:0",
    "2024-06-01T12:00:00+020",
    "2024-06-01T12:00:00+02000",
    "2024-06-01T12:00:00+02:00 GMT",
    "2024-06-01T12:00:00 GMT+2",
    "2024-06-01T12:00:00 CET",
    "2024-06-01T12:00:00 Europe/Berlin",
    "2024-06-01T12:00:00Z[UTC]",
    "2024-06-01T12:00:00+25:30",
    "2024-06-01T12:00:00+2400",
    "2024-06-01T12:00:00+02:99",
    "2024-06-01T24:00Z",
    "2024-06-01T12:60",
    "2024-06-01T12:00:61",
    "2023-02-30T00:00:00",
    "2024-13-01T12:00",
    "20240601T120000",
];

#[test]
fn what_programs_write_is_read_and_is_not_rfc_3339() {
    let noon = Rfc3339Time::parse("2024-06-01T12:00:00Z");
    for text in NOON {
        assert_eq!(Rfc3339Time::parse_lenient(text), noon, "{text}");
        assert_eq!(Rfc3339Time::parse(text), None, "{text}");
        let rewritten = Rfc3339Text::rewritten(text).unwrap();
        assert_eq!(Rfc3339Time::parse(rewritten.as_str()), noon, "{text}");
        assert_eq!(rewritten.to_string(), rewritten.as_str());
    }
}

#[test]
fn what_is_rewritten_stays_in_its_zone_with_its_digits() {
    for (text, rewritten) in [
        ("2024-06-01 14:00+0200", "2024-06-01T14:00:00+02:00"),
        ("2024-06-01T08:30:00.50 -03", "2024-06-01T08:30:00.50-03:00"),
        ("2024-06-01t12:00:00 utc", "2024-06-01t12:00:00Z"),
        ("9999-12-31 23:59:59.9999999-2359", "9999-12-31T23:59:59.9999999-23:59"),
        // What is RFC 3339 stays as it is.
        ("2024-06-01T12:00:00.1234567890123Z", "2024-06-01T12:00:00.1234567890123Z"),
        ("2016-12-31t23:59:60z", "2016-12-31t23:59:60z"),
    ] {
        assert_eq!(
            Rfc3339Text::rewritten(text).map(|text| text.to_string()).as_deref(),
            Some(rewritten),
            "{text}"
        );
    }
}

#[test]
fn digits_that_nobody_counts_are_left_out_and_nothing_else_is() {
    let digits = "123456789".repeat(20);
    for zone in ["", "Z", " GMT", "+0200", " +02:00"] {
        let rewritten = Rfc3339Text::rewritten(&format!("2024-06-01 12:00:00.{digits}{zone}")).unwrap();
        assert!(
            rewritten.as_str().starts_with("2024-06-01T12:00:00.1234567891234567891234567"),
            "{rewritten:?}"
        );
        assert_eq!(Rfc3339Time::parse(rewritten.as_str()).unwrap().nanosecond(), 123_456_789);
        for garbage in ["0", "x", ":", ".5", "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
            let text = format!("2024-06-01 12:00:00.{digits}Z{garbage}");
            assert_eq!(Rfc3339Text::rewritten(&text), None, "{text}");
        }
    }
    // What comes after too much is not a time of its own.
    for filling in 0..200 {
        let text = format!("0001-01-01T00:00:00{}2024-06-01T12:00:00Z", "x".repeat(filling));
        assert_eq!(Rfc3339Text::rewritten(&text), None, "{text}");
    }
}

#[test]
fn what_has_no_one_meaning_is_refused() {
    for text in REFUSED {
        assert_eq!(Rfc3339Time::parse_lenient(text), None, "{text}");
        assert_eq!(Rfc3339Text::rewritten(text), None, "{text}");
    }
}

#[test]
fn a_second_60_that_no_clock_shows_is_the_second_before() {
    for (text, exact) in [
        ("2024-06-01T12:00:60Z", "2024-06-01T12:00:59Z"),
        ("2024-06-01T12:00:60.25+0200", "2024-06-01T10:00:59.25Z"),
        // A leap second there is at the end of a month in UTC, also if the text leaves out that it
        // is UTC.
        ("2016-12-31T23:59:60", "2016-12-31T23:59:60Z"),
        ("2016-12-31 23:59:60 GMT", "2016-12-31T23:59:60Z"),
    ] {
        let time = Rfc3339Time::parse_lenient(text);
        assert_eq!(time, Rfc3339Time::parse(exact), "{text}");
        assert!(time.is_some(), "{text}");
    }
}
