//! Rows come back as they were written, and what is no row is refused.

use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use crate::broker::{
    DeadLetterReason, Entry, Event, KeptDeadLetter, Moment, QueueHead, SegmentLists, SegmentPlaces, State,
    StoredSegment, StoredSubscription, SubscriptionSettings, SubscriptionStats,
};
use crate::service::StoredClock;
use crate::store::rows::{
    EntryRow, InvalidRow, Text, read_clock, read_dead_letter, read_delivery, read_event, read_segment,
    read_subscription, write_clock, write_dead_letter, write_delivery, write_segment, write_subscription,
};

fn at(nanoseconds: u64) -> Moment {
    Moment::from_nanoseconds(nanoseconds)
}

fn entry() -> Entry {
    let event = Event::canonical(r#"{"id":"1","data":{"b":1,"a":2}}"#).unwrap();
    Entry { state: State::Locked, until: at(7), nonce: 8, delivery_count: 9, ..Entry::new(event, at(5)) }
}

fn subscription() -> StoredSubscription {
    let settings = SubscriptionSettings { lock_duration: Duration::new(1, 2), ..Default::default() };
    let counts = SubscriptionStats { published: 1, acknowledged: 2, deliveries: 3, ..Default::default() };
    let head = QueueHead {
        guid: Uuid::from_u128(17),
        settings,
        next: 1,
        next_fresh: 2,
        fresh_published: Some(at(0)),
        expired_from: 3,
        expired_to: 4,
        expired_since: Moment::NEVER,
        last_published: at(6),
        locked: 7,
        counts,
    };
    StoredSubscription { topic: "orders".to_owned(), name: "größe".to_owned(), order: 9, head }
}

fn segment() -> StoredSegment {
    let places = SegmentPlaces { filled: 256, live: 17, last_published: at(1) };
    let lists = SegmentLists { held: 3, first_deadline: Moment::NEVER, first_returned: Some(at(0)) };
    StoredSegment { places, lists }
}

fn dead_letter(reason: DeadLetterReason, last_delivered: Option<Moment>) -> KeptDeadLetter {
    KeptDeadLetter {
        event: entry().event,
        reason,
        delivery_count: 3,
        published: at(5),
        last_delivered,
        died: at(6),
        leaves: at(7),
        next_attempt: at(7),
        failures: 0,
    }
}

#[test]
fn rows_come_back() {
    for shared in [None, Some(5)] {
        let entry = entry();
        let row = EntryRow::of(&entry, shared);
        assert_eq!(EntryRow::read(&row.write()), Ok(row));
    }
    let mut read = Entry { state: State::Available, ..Entry::new(entry().event, at(5)) };
    assert_eq!(read_delivery(&write_delivery(&entry()), &mut read), Ok(()));
    assert_eq!(format!("{read:?}"), format!("{:?}", entry()));
    let event = read_event(entry().event.json(), true).unwrap();
    assert_eq!((event.json(), event.is_canonical()), (entry().event.json(), true));
    assert!(!read_event(" 1".trim(), false).unwrap().is_canonical());
    assert_eq!(read_subscription(&write_subscription(&subscription())), Ok(subscription()));
    assert_eq!(read_segment(&write_segment(&segment())), Ok(segment()));
    for (reason, last_delivered) in [
        (DeadLetterReason::Rejected, Some(at(0))),
        (DeadLetterReason::Exhausted, Some(at(9))),
        (DeadLetterReason::Expired, None),
    ] {
        let letter = dead_letter(reason, last_delivered);
        let read = read_dead_letter(&write_dead_letter(&letter)).unwrap();
        assert_eq!(format!("{read:?}"), format!("{letter:?}"));
    }
    let clock = StoredClock { told: Duration::new(1, 2), own: Duration::new(3, 4), is_stopped: true };
    assert_eq!(read_clock(&write_clock(&clock)), Ok(clock));
}

#[test]
fn rows_that_are_cut_off_or_too_long_are_refused() {
    type IsRead = fn(&[u8]) -> bool;
    let rows: [(Vec<u8>, IsRead); 3] = [
        (write_delivery(&entry()), |row| read_delivery(row, &mut entry()).is_ok()),
        (write_segment(&segment()), |row| read_segment(row).is_ok()),
        (write_subscription(&subscription()), |row| read_subscription(row).is_ok()),
    ];
    for (row, is_read) in rows {
        assert!(is_read(&row));
        for length in 0..row.len() {
            assert!(!is_read(&row[..length]), "{length} of {row:?}");
        }
        assert!(!is_read(&[&row[..], &[0]].concat()));
    }
    assert_eq!(EntryRow::read(&[4; 9]), Err(InvalidRow), "unknown flags");
    assert_eq!(EntryRow::read(&[0; 8]), Err(InvalidRow));
    assert_eq!(read_event(" 1", false).unwrap_err(), InvalidRow, "white space");
    assert_eq!(read_event("[1]", true).unwrap_err(), InvalidRow, "no object");
}

/// Whatever is read from bytes is written as the same bytes.
fn check(bytes: &[u8]) {
    if let Ok(row) = EntryRow::read(bytes) {
        assert_eq!(row.write(), bytes);
        if let Text::Own(text) = row.text {
            assert!(
                read_event(text, row.is_canonical).is_err()
                    || serde_json::from_str::<serde_json::Value>(text).is_ok()
            );
        }
    }
    let mut entry = entry();
    if read_delivery(bytes, &mut entry).is_ok() {
        assert_eq!(write_delivery(&entry), bytes);
    }
    if let Ok(subscription) = read_subscription(bytes) {
        assert_eq!(write_subscription(&subscription), bytes);
    }
    if let Ok(letter) = read_dead_letter(bytes) {
        assert_eq!(write_dead_letter(&letter), bytes);
    }
    if let Ok(segment) = read_segment(bytes) {
        assert_eq!(write_segment(&segment), bytes);
    }
    if let Ok(clock) = read_clock(bytes) {
        assert_eq!(write_clock(&clock), bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_refused_or_are_the_row_that_is_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn a_row_with_a_changed_byte_is_refused_or_is_the_row_that_is_read(at in any::<prop::sample::Index>(), byte: u8) {
        for mut row in [
            EntryRow::of(&entry(), None).write(),
            EntryRow::of(&entry(), Some(1)).write(),
            write_delivery(&entry()),
            write_dead_letter(&dead_letter(DeadLetterReason::Exhausted, None)),
            write_segment(&segment()),
            write_subscription(&subscription()),
        ] {
            let index = at.index(row.len());
            row[index] = byte;
            check(&row);
        }
    }
}
