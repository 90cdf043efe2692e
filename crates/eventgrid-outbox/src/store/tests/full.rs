//! The disk is full.

use disk::Disk;

use super::model::Model;
use super::{apply, open, put};
use crate::error::OutboxErrorKind;
use crate::store::{Change, Store};

/// Puts events until the disk is full. Returns the disk as it is then, and what was confirmed.
fn filled(event: &str) -> (Disk, Model) {
    let disk = Disk::default();
    let mut store = open(&disk);
    let mut model = Model::of(&store);
    disk.set_free_blocks(Some(60));
    for number in 0.. {
        let change = put(Some("key"), &format!("{number}{event}"));
        match store.apply(&[&change]) {
            Ok(_) => model.apply(&change),
            Err(error) => {
                assert_eq!(error.kind(), OutboxErrorKind::DiskFull, "{error}");
                break;
            }
        }
    }
    store.close();
    (disk, model)
}

#[test]
fn what_was_confirmed_before_the_disk_was_full_is_read_and_removed() {
    for length in [500, 3_000, 20_000] {
        let (disk, mut model) = filled(&"x".repeat(length));
        let mut store = open(&disk);
        assert!(Model::of(&store) == model);
        // One by one, which takes the most room. A disk may be too full even for that.
        for sequence in model.queued.keys().copied().collect::<Vec<_>>() {
            let change = Change::Settle { published: vec![sequence], refused: Vec::new() };
            if store.apply(&[&change]).is_err() {
                store.close();
                store = open(&disk);
                assert!(Model::of(&store) == model);
                disk.set_free_blocks(None);
                apply(&mut store, std::slice::from_ref(&change));
                disk.set_free_blocks(Some(0));
            }
            model.apply(&change);
        }
        assert!(Model::of(&store) == model);
        disk.set_free_blocks(None);
        apply(&mut store, &[put(None, "\"there is room again\"")]);
    }
}

#[test]
fn after_a_failure_everything_fails_until_it_is_opened_again() {
    let disk = Disk::default();
    let mut store = open(&disk);
    apply(&mut store, &[put(None, "1")]);
    disk.fail();
    let change = put(None, "2");
    assert_eq!(store.apply(&[&change]).unwrap_err().kind(), OutboxErrorKind::DiskFull);
    assert_eq!(store.apply(&[&change]).unwrap_err().kind(), OutboxErrorKind::Io);
    Store::close(store);
}
