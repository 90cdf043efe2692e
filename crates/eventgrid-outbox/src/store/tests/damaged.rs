//! The file has other bytes than were written.

use disk::Disk;

use super::{ALL, apply, open, put};
use crate::refused::RefusalReason;
use crate::store::{Change, Refusal, StoredEvent};

fn refuse(sequence: u64) -> Change {
    let refusal = Refusal { sequence, reason: RefusalReason::Damaged, message: "checksum".to_owned() };
    Change::Settle { published: Vec::new(), refused: vec![refusal] }
}

#[test]
fn an_event_that_is_not_what_was_put_is_known_and_set_aside() {
    for (from, to) in [("seventeen", "eighteens"), ("seventeen", "seven\0\0\0\0"), ("the key", "the keg")] {
        let disk = Disk::default();
        let mut store = open(&disk);
        let events = [put(None, "\"first\""), put(Some("the key"), "\"seventeen\""), put(None, "\"last\"")];
        apply(&mut store, &events);
        store.close();
        assert!(disk.damage(from.as_bytes(), to.as_bytes()));

        let mut store = open(&disk);
        let read = store.events(0, ALL).unwrap();
        assert_eq!(read[1], StoredEvent::Damaged { sequence: 1 });
        assert!(matches!(&read[0], StoredEvent::Whole { sequence: 0, .. }));
        assert!(matches!(&read[2], StoredEvent::Whole { sequence: 2, .. }));

        apply(&mut store, &[refuse(1)]);
        assert_eq!(store.events(0, ALL).unwrap().len(), 2);
        let refused = store.refused(0, 10).unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].reason, RefusalReason::Damaged);
        // Put again, it is as damaged as it was.
        apply(&mut store, &[Change::Requeue(vec![1])]);
        assert_eq!(store.events(0, ALL).unwrap()[2], StoredEvent::Damaged { sequence: 3 });
    }
}

#[test]
fn a_row_that_cannot_be_decoded_is_set_aside_and_the_rest_is_counted_anew() {
    let disk = Disk::default();
    let mut store = open(&disk);
    apply(&mut store, &[put(Some("kkkkkkk"), "\"eventeventevent\""), put(None, "\"other\"")]);
    store.close();
    // The lengths of the key and its kind come before it: make them larger than the row.
    assert!(disk.damage(b"\x01kkkkkkk", b"\x09kkkkkkk"));

    let mut store = open(&disk);
    assert_eq!(store.events(0, ALL).unwrap()[0], StoredEvent::Damaged { sequence: 0 });
    apply(&mut store, &[refuse(0)]);
    let totals = store.totals();
    assert_eq!((totals.queued.events, totals.queued.bytes), (1, 7));
    assert_eq!((totals.refused.events, totals.refused.bytes), (1, 0));
    assert_eq!(store.refused(0, 10).unwrap()[0].reason, RefusalReason::Damaged);
    apply(&mut store, &[Change::RemoveRefused(vec![0])]);
    assert_eq!(store.totals().refused.events, 0);
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    let disk = Disk::default();
    let mut store = open(&disk);
    for number in 0..300 {
        apply(&mut store, &[put(None, &number.to_string())]);
    }
    store.close();
    for page in 0..disk.size() / 4096 {
        let damaged = disk.with_page(page, 0xa5);
        let Ok(mut store) = crate::store::Store::open(&super::place(&damaged, 0), super::SCHEMA) else {
            continue;
        };
        let _ = store.events(0, ALL);
        let _ = store.refused(0, 10);
        let change = put(None, "1");
        let _ = store.apply(&[&change]);
        store.close();
    }
}
