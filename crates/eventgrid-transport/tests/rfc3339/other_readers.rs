//! Against the parsers of the crates `chrono` and `time`.

use chrono::{DateTime, FixedOffset, Timelike};
use eventgrid_transport::date::Rfc3339Time;
use proptest::prelude::*;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970 and nanoseconds as chrono reads them. A leap second is the second before it
/// and more nanoseconds than a second has.
fn by_chrono(text: &str) -> Option<(i64, u32)> {
    let time: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(text).ok()?;
    Some((time.timestamp(), time.nanosecond()))
}

/// As the crate time reads them: a leap second is the last nanosecond before it.
fn by_time(text: &str) -> Option<(i64, u32)> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some((time.unix_timestamp(), time.nanosecond()))
}

/// Checks what all three say of a text, but for what the others are known to do otherwise.
fn compare(text: &str) {
    let ours = Rfc3339Time::parse(text);
    let counted = ours.map(|time| {
        let leap = if time.is_leap_second() { 1_000_000_000 } else { 0 };
        (time.unix_seconds(), time.nanosecond() + leap)
    });
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        // chrono reads a space for the `T`, and the crate time reads anything.
        return assert_eq!(ours, None, "{text}");
    }
    let second_60 = text.get(17..19) == Some("60");
    match by_chrono(text) {
        // It reads second 60 in any minute.
        Some(_) if second_60 && ours.is_none() => {}
        chrono => assert_eq!(counted, chrono, "chrono and we: {text}"),
    }
    match by_time(text) {
        Some((seconds, nanosecond)) if second_60 => {
            let time = ours.unwrap_or_else(|| panic!("{text} is refused"));
            assert_eq!((time.unix_seconds(), 999_999_999), (seconds, nanosecond), "{text}");
            assert!(time.is_leap_second(), "{text}");
        }
        time => {
            let ours = ours.map(|time| (time.unix_seconds(), time.nanosecond()));
            assert_eq!(ours, time, "time and we: {text}");
        }
    }
}

/// Numbers in their range, at its ends and beyond, each with its digits.
fn number(range: std::ops::RangeInclusive<u16>) -> impl Strategy<Value = String> {
    let (low, high) = (*range.start(), *range.end());
    prop_oneof![8 => range, 1 => Just(low), 1 => Just(high), 1 => 0..=99_u16]
        .prop_map(|number| format!("{number:02}"))
}

fn year() -> impl Strategy<Value = String> {
    prop_oneof![0..=9999_u16, Just(0), Just(9999), Just(1900), Just(2000), Just(2023), Just(2024)]
        .prop_map(|year| format!("{year:04}"))
}

fn zone() -> impl Strategy<Value = String> {
    let offset = (prop_oneof!["[+-]"], number(0..=23), number(0..=59))
        .prop_map(|(sign, hour, minute)| format!("{sign}{hour}:{minute}"));
    prop_oneof![3 => Just("Z".to_owned()), 1 => Just("z".to_owned()), 6 => offset]
}

prop_compose! {
    /// Texts with the shape of RFC 3339.
    fn shaped()(
        year in year(),
        month in number(1..=12),
        day in number(1..=31),
        hour in number(0..=23),
        minute in number(0..=59),
        second in prop_oneof![3 => number(0..=59), 1 => Just("60".to_owned())],
        fraction in "(\\.[0-9]{1,12})?",
        t in "[Tt]",
        zone in zone(),
    ) -> String {
        format!("{year}-{month}-{day}{t}{hour}:{minute}:{second}{fraction}{zone}")
    }
}

prop_compose! {
    /// Second 60 in the last minute of days about the end of a month, in all zones.
    fn leap_second()(
        month in 1..=12_i64,
        day in -1..=1_i64,
        offset in -1439..=1439_i64,
        other_minute in prop_oneof![4 => Just(0), 1 => -1..=1_i64],
    ) -> String {
        let first = DateTime::parse_from_rfc3339(&format!("2024-{month:02}-01T00:00:00Z")).unwrap();
        let minute = first + chrono::Duration::minutes(day * 1440 - 1 + other_minute);
        let zone = FixedOffset::east_opt(i32::try_from(offset * 60).unwrap()).unwrap();
        minute.with_timezone(&zone).format("%Y-%m-%dT%H:%M:60%:z").to_string()
    }
}

/// A text with one of its characters changed, left out or doubled.
fn spoiled(text: String) -> impl Strategy<Value = String> {
    (0..text.len(), "[-+.:,TtZz 0-9]{0,2}")
        .prop_map(move |(at, replacement)| format!("{}{replacement}{}", &text[..at], &text[at + 1..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn three_readers_agree_on_texts_of_the_shape(text in shaped()) {
        compare(&text);
    }

    #[test]
    fn three_readers_agree_on_texts_that_almost_have_the_shape(text in shaped().prop_flat_map(spoiled)) {
        compare(&text);
    }

    #[test]
    fn the_leap_seconds_are_those_of_the_crate_time(text in leap_second()) {
        compare(&text);
        prop_assert_eq!(Rfc3339Time::parse(&text).is_some(), by_time(&text).is_some(), "{}", text);
    }
}
