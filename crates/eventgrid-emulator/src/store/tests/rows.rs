//! Rows are read as they were written, and anything that is not a row is refused.

use std::time::Duration;

use eventgrid_push::DeliveryOutcome;
use proptest::prelude::*;
use uuid::Uuid;

use crate::broker::{
    DeadLetterReason, Entry, Event, KeptDeadLetter, Moment, QueueHead, SegmentLists, SegmentPlaces, State,
    StoredSegment, StoredSubscription, SubscriptionSettings, SubscriptionStats,
};
use crate::mqtt::{Qos, Retained};
use crate::service::StoredClock;
use crate::store::rows::{
    EntryRow, InvalidRow, read_clock, read_dead_letter, read_delivery, read_event, read_retained,
    read_segment, read_subscription, write_clock, write_dead_letter, write_delivery, write_retained,
    write_segment, write_subscription,
};
use crate::store::rows_written_again;
use crate::time::UnixTime;

fn at(nanoseconds: u64) -> Moment {
    Moment::from_nanoseconds(nanoseconds)
}

fn entry() -> Entry {
    let event = Event::canonical(r#"{"id":"1","data":{"b":1,"a":2}}"#).unwrap();
    let (state, outcome) = (State::Locked, Some(DeliveryOutcome::NotFound));
    Entry { state, until: at(7), nonce: 8, delivery_count: 9, outcome, ..Entry::new(event, at(5)) }
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
        outcome: Some(DeliveryOutcome::Busy),
        published: at(5),
        last_delivered,
        died: at(6),
        leaves: at(7),
        next_attempt: at(7),
        failures: 0,
    }
}

fn retained(expiry: Option<UnixTime>) -> Retained {
    let last_modified = UnixTime::from_duration(Duration::new(1, 2));
    Retained { qos: Qos::AtLeastOnce, size: 9, payload: "21.5".into(), expiry, last_modified }
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
    let mut redelivered = subscription();
    redelivered.head.counts.redeliveries = 1;
    assert_eq!(read_subscription(&write_subscription(&redelivered)), Ok(redelivered));
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
    for expiry in [None, Some(UnixTime::from_secs(0)), Some(UnixTime::from_secs(7))] {
        let payloads = ["21.5", ""].map(|payload| Retained { payload: payload.into(), ..retained(expiry) });
        for message in payloads {
            assert_eq!(read_retained(&write_retained(&message)), Ok(message));
        }
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
    let row = write_retained(&retained(Some(UnixTime::from_secs(7))));
    let head = row.len() - "21.5".len();
    assert!((0..head).all(|length| read_retained(&row[..length]) == Err(InvalidRow)));
    let is_longer = [&row[..], b"123456"].concat();
    assert_eq!(read_retained(&is_longer), Err(InvalidRow), "a payload that is longer than the message");
    assert_eq!(EntryRow::read(&[4; 9]), Err(InvalidRow), "unknown flags");
    assert_eq!(EntryRow::read(&[0; 8]), Err(InvalidRow));
    assert_eq!(read_event(" 1", false).unwrap_err(), InvalidRow, "white space");
    assert_eq!(read_event("[1]", true).unwrap_err(), InvalidRow, "no object");
}

/// Whatever is read from bytes is written as the same bytes.
fn check(bytes: &[u8]) {
    for row in rows_written_again(bytes) {
        assert_eq!(row, bytes);
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
            write_retained(&retained(Some(UnixTime::from_secs(7)))),
        ] {
            let index = at.index(row.len());
            row[index] = byte;
            check(&row);
        }
    }
}
