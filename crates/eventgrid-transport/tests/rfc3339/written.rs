//! How points in time are written, ordered and made.

use eventgrid_transport::date::Rfc3339Time;
use proptest::prelude::*;

fn time(text: &str) -> Rfc3339Time {
    Rfc3339Time::parse(text).unwrap_or_else(|| panic!("{text} is refused"))
}

#[test]
fn it_is_written_in_utc_with_the_digits_that_it_needs() {
    for (text, written) in [
        ("2024-06-01T12:00:00Z", "2024-06-01T12:00:00Z"),
        ("2024-06-01t12:00:00.000z", "2024-06-01T12:00:00Z"),
        ("2024-04-10T10:06:20.6359982-07:00", "2024-04-10T17:06:20.6359982Z"),
        ("2024-06-01T12:00:00.120+00:00", "2024-06-01T12:00:00.12Z"),
        ("2024-06-01T12:00:00.000000001Z", "2024-06-01T12:00:00.000000001Z"),
        ("2024-06-01T12:00:00.1234567899Z", "2024-06-01T12:00:00.123456789Z"),
        ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
        ("1990-12-31T15:59:60.5-08:00", "1990-12-31T23:59:60.5Z"),
        // In UTC these are in years that RFC 3339 does not have.
        ("0000-01-01T00:00:00+00:01", "0000-01-01T23:58:00+23:59"),
        ("9999-12-31T23:59:59.5-00:01", "9999-12-31T00:01:59.5-23:59"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
    ] {
        assert_eq!(time(text).to_string(), written, "{text}");
        assert_eq!(time(written), time(text), "{text}");
    }
}

#[test]
fn a_precision_sets_the_number_of_digits() {
    let time = time("2024-06-01T12:00:00.1299Z");
    assert_eq!(format!("{time:.0}"), "2024-06-01T12:00:00Z");
    assert_eq!(format!("{time:.3}"), "2024-06-01T12:00:00.129Z");
    assert_eq!(format!("{time:.9}"), "2024-06-01T12:00:00.129900000Z");
    assert_eq!(format!("{time:.99}"), "2024-06-01T12:00:00.129900000Z");
}

#[test]
fn times_are_in_order_and_leap_seconds_in_theirs() {
    let times = [
        "0000-01-01T00:00:00+23:59",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59.9Z",
        "1970-01-01T00:00:00Z",
        "2016-12-31T23:59:59.9Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.1Z",
        "2017-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ]
    .map(time);
    assert!(times.is_sorted_by(|earlier, later| earlier < later), "{times:?}");
}

#[test]
fn only_what_can_be_written_is_made() {
    let made = |seconds, nanosecond| Rfc3339Time::from_unix(seconds, nanosecond).map(|time| time.to_string());
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(made(0, 0), some("1970-01-01T00:00:00Z"));
    assert_eq!(made(-1, 999_999_999), some("1969-12-31T23:59:59.999999999Z"));
    // A leap second as chrono counts it, and where there is none.
    assert_eq!(made(1_483_228_799, 1_500_000_000), some("2016-12-31T23:59:60.5Z"));
    assert_eq!(made(1_483_228_798, 1_500_000_000), some("2016-12-31T23:59:58.5Z"));
    assert_eq!(made(0, 2_000_000_000), None);
    // The ends.
    assert_eq!(made(253_402_387_139, 999_999_999), some("9999-12-31T23:59:59.999999999-23:59"));
    assert_eq!(made(253_402_387_140, 0), None);
    assert_eq!(made(-62_167_305_540, 0), some("0000-01-01T00:00:00+23:59"));
    assert_eq!(made(-62_167_305_541, 0), None);
    assert_eq!(made(i64::MAX, 0), None);
    assert_eq!(made(i64::MIN, 0), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same(
        seconds in -62_167_305_540_i64..=253_402_387_139,
        nanosecond in prop_oneof![Just(0), 0..1_000_000_000_u32, (0..1000_u32).prop_map(|ms| ms * 1_000_000)],
    ) {
        let time = Rfc3339Time::from_unix(seconds, nanosecond).unwrap();
        prop_assert_eq!((time.unix_seconds(), time.nanosecond()), (seconds, nanosecond));
        prop_assert_eq!(Rfc3339Time::parse(&time.to_string()), Some(time));
    }
}
