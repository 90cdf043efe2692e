//! The times of events.

#![cfg(all(feature = "jiff", feature = "alloc"))]

use eventgrid::CloudEvent;
use eventgrid::event::{CloudEventView, EventGridEvent, InvalidTime};
use eventgrid::json::RawJson;
use jiff::Timestamp;

/// Nanoseconds since 1970 of what is read. That all of RFC 3339 is read, and which other texts, is
/// shown at the reader.
const READ: [(&str, i128); 22] = [
    ("2024-06-01T12:00:00Z", NOON),
    ("2024-06-01t12:00:00z", NOON),
    ("2024-06-01 12:00:00Z", NOON),
    ("2024-06-01T12:00:00", NOON),
    ("2024-06-01T12:00Z", NOON),
    ("2024-06-01T12:00:00+0000", NOON),
    ("2024-06-01T12:00:00 GMT", NOON),
    ("2024-06-01 14:00:00 +0200", NOON),
    ("2024-06-01T14:00:00+02:00", NOON),
    ("2024-06-02T01:45:00.25+13:45", NOON + 250_000_000),
    ("2024-06-01T12:00:00.1234567Z", NOON + 123_456_700),
    ("2024-06-01T12:00:00.123456789Z", NOON + 123_456_789),
    ("2024-06-01T12:00:00.1234567899999999999999999999999999999999999999Z", NOON + 123_456_789),
    ("1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59.999999999Z", -1),
    ("2016-12-31T23:59:60Z", 1_483_228_799_000_000_000),
    ("0000-01-01T00:00:00+23:59", -62_167_305_540_000_000_000),
    ("9999-12-30T22:00:00.999999999Z", LAST),
    // Later than jiff can tell.
    ("9999-12-30T22:00:01Z", LAST),
    ("9999-12-31T23:59:59Z", LAST),
    ("9999-12-31T23:59:59.9999999Z", LAST),
    ("9999-12-31T23:59:59-23:59", LAST),
];

const NOON: i128 = 1_717_243_200_000_000_000;
/// The last moment of jiff, 9999-12-30T22:00:00.999999999Z.
const LAST: i128 = 253_402_207_200_999_999_999;

const REFUSED: [&str; 12] = [
    "",
    "now",
    "1717243200",
    "2024-06-01",
    "2024-06-01T12Z",
    "2024-06-01T12:00:00,5Z",
    "2024-06-01T12:00:00+25:30",
    "2024-06-01T12:00:00+02:00[Europe/Berlin]",
    "20240601T120000Z",
    "2023-02-30T00:00:00Z",
    "2024-06-01T24:00:00Z",
    "2024-06-01T12:00:00\u{ff3a}",
];

#[test]
fn times_are_read_leniently_and_exactly() {
    for (text, nanoseconds) in READ {
        let expected = Timestamp::from_nanosecond(nanoseconds).unwrap();
        assert_eq!(event(text).timestamp(), Ok(Some(expected)), "{text}");
        assert_eq!(grid_event(text).timestamp(), Ok(expected), "{text}");
        assert_eq!(received(&format!("{text:?}")), Ok(Some(expected)), "{text}");
    }
    assert_eq!(
        received(r#""2024-06-01T12:00:00\u005a""#),
        Ok(Some(Timestamp::from_nanosecond(NOON).unwrap()))
    );
    assert_eq!(received("null"), Ok(None));
    assert_eq!(CloudEvent::new("1", "s", "t").timestamp(), Ok(None));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in REFUSED {
        assert_eq!(event(text).timestamp(), Err(InvalidTime), "{text}");
        assert_eq!(grid_event(text).timestamp(), Err(InvalidTime), "{text}");
    }
    assert_eq!(received(&format!(r#""\u0032024-06-01T12:00:00Z{}""#, "Z".repeat(100))), Err(InvalidTime));
    assert_eq!(received(r#""2024-06-01T12:00:00\uff3a""#), Err(InvalidTime));
}

#[test]
fn escapes_do_not_matter_however_long_the_fraction_is() {
    let expected = Timestamp::from_nanosecond(NOON + 123_456_789).unwrap();
    for more in [0, 1, 7, 100] {
        let time = format!(r#""\u0032024-06-01T12:00:00\u002e123456789{}+00:00""#, "9".repeat(more));
        assert_eq!(received(&time), Ok(Some(expected)), "{time}");
    }
}

/// What is read leniently is not sent: the client refuses it, as the service would.
#[test]
fn only_rfc_3339_is_sent() {
    for (text, _) in READ {
        let exact = text.contains(['T', 't'])
            && text.len() > 19
            && !text.contains(['G', ' '])
            && !text.ends_with("+0000");
        assert_eq!(event(text).check().is_ok(), exact, "{text}");
        assert_eq!(grid_event(text).check(eventgrid::EndpointKind::BasicTopic).is_ok(), exact, "{text}");
    }
    for text in REFUSED {
        assert!(event(text).check().is_err(), "{text}");
        assert!(grid_event(text).check(eventgrid::EndpointKind::BasicTopic).is_err(), "{text}");
    }
}

#[test]
fn times_are_written_in_utc_with_the_digits_they_need() {
    for (nanoseconds, text) in [
        (NOON, "2024-06-01T12:00:00Z"),
        (NOON + 500_000_000, "2024-06-01T12:00:00.5Z"),
        (NOON + 120_000_000, "2024-06-01T12:00:00.12Z"),
        (NOON + 123_456_700, "2024-06-01T12:00:00.1234567Z"),
        (NOON + 1, "2024-06-01T12:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (-62_135_596_800_000_000_000, "0001-01-01T00:00:00Z"),
    ] {
        let timestamp = Timestamp::from_nanosecond(nanoseconds).unwrap();
        let event = CloudEvent::new("1", "s", "t").with_timestamp(timestamp);
        assert_eq!(event.time.as_deref(), Some(text));
        assert_eq!(event.check(), Ok(()));
        assert_eq!(event.timestamp(), Ok(Some(timestamp)));
        assert_eq!(grid_event("").with_timestamp(timestamp).event_time, text);
    }
}

/// RFC 3339 has no years before 0, which `jiff` has.
#[test]
fn a_year_before_zero_is_refused_before_it_is_sent() {
    assert!(CloudEvent::new("1", "s", "t").with_timestamp(Timestamp::MIN).check().is_err());
}

#[cfg(feature = "generate")]
#[test]
fn events_that_happen_now_have_an_id_and_the_time() {
    let before = Timestamp::now();
    let event = CloudEvent::now("urn:s", "T");
    let grid_event = EventGridEvent::now("s", "T", "1.0");
    let after = Timestamp::now();
    // Times are rounded to microseconds.
    let microsecond = jiff::SignedDuration::from_micros(1);
    for time in [event.timestamp().unwrap().unwrap(), grid_event.timestamp().unwrap()] {
        assert!(before - microsecond <= time && time <= after + microsecond, "{before} {time} {after}");
        assert_eq!(time.subsec_nanosecond() % 1000, 0);
    }
    assert_eq!(event.check(), Ok(()));
    assert_eq!(grid_event.check(eventgrid::EndpointKind::BasicTopic), Ok(()));
    assert_eq!((event.source.as_str(), event.event_type.as_str()), ("urn:s", "T"));
    let ids = [event.id, grid_event.id, CloudEvent::now("s", "t").id];
    for id in &ids {
        assert_eq!(uuid_version(id), Some('4'), "{id}");
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[cfg(feature = "generate")]
fn uuid_version(id: &str) -> Option<char> {
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    let digits = id.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f'));
    (digits && groups == [8, 4, 4, 4, 12]).then(|| id.chars().nth(14)).flatten()
}

fn event(time: &str) -> CloudEvent<'_> {
    CloudEvent::new("1", "s", "t").with_time(time)
}

fn grid_event(time: &str) -> EventGridEvent<'_> {
    EventGridEvent::new("1", "s", "t", time, "1.0")
}

fn received(time: &str) -> Result<Option<Timestamp>, InvalidTime> {
    let json = format!(r#"{{"id":"1","source":"s","type":"t","time":{time}}}"#);
    CloudEventView::parse(RawJson::parse(&json).unwrap()).unwrap().timestamp()
}
