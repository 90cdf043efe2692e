//! Which files can be opened, and when a file shrinks.

use std::fs;
use std::path::PathBuf;

use redb::{Database, TableDefinition};

use super::model::Model;
use super::{ALL, SCHEMA, apply, put};
use crate::error::OutboxErrorKind;
use crate::store::{Change, Place, Store};

/// A folder that is removed with this.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("eventgrid-outbox-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("events.outbox")
    }

    fn open(&self) -> Store {
        Store::open(&Place::File(self.file()), SCHEMA).unwrap()
    }

    fn refusal(&self) -> (OutboxErrorKind, String) {
        let error = Store::open(&Place::File(self.file()), SCHEMA).unwrap_err();
        (error.kind(), error.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_is_of_one_outbox_at_a_time() {
    let folder = Folder::new("in-use");
    let store = folder.open();
    let (kind, refusal) = folder.refusal();
    assert_eq!(kind, OutboxErrorKind::InUse);
    assert!(
        refusal.ends_with("events.outbox is open already: close it there, or choose another file"),
        "{refusal}"
    );
    store.close();
    folder.open().close();
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let folder = Folder::new("newer");
    let mut store = folder.open();
    store.write(|tables| tables.begin(7, SCHEMA)).unwrap();
    store.close();
    let (kind, refusal) = folder.refusal();
    assert_eq!(kind, OutboxErrorKind::Newer { form: 7, known: 1 });
    assert!(refusal.contains("was written by a newer version (form 7, and this one reads 1)"), "{refusal}");
}

#[test]
fn a_file_of_another_schema_is_refused() {
    let folder = Folder::new("schema");
    folder.open().close();
    let error = Store::open(&Place::File(folder.file()), "custom").unwrap_err();
    assert_eq!(error.kind(), OutboxErrorKind::OtherSchema);
}

#[test]
fn a_file_of_another_program_is_refused_and_left_alone() {
    let folder = Folder::new("foreign");
    fs::write(folder.file(), "not a database").unwrap();
    assert_eq!(folder.refusal().0, OutboxErrorKind::Foreign);
    assert_eq!(fs::read(folder.file()).unwrap(), b"not a database");

    fs::remove_file(folder.file()).unwrap();
    let database = Database::create(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<u64, u64>::new("theirs")).unwrap().insert(1, 2).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert_eq!(folder.refusal().0, OutboxErrorKind::Foreign);
}

#[test]
fn a_file_that_was_cut_short_loses_no_event_silently() {
    let folder = Folder::new("cut");
    let mut store = folder.open();
    let events: Vec<_> = (0..300).map(|number| put(None, &format!("{number:03000}"))).collect();
    apply(&mut store, &events);
    let before = store.events(0, ALL).unwrap();
    store.close();
    let whole = fs::read(folder.file()).unwrap();
    for len in (0..whole.len()).step_by(98_765) {
        fs::write(folder.file(), &whole[..len]).unwrap();
        let Ok(store) = Store::open(&Place::File(folder.file()), SCHEMA) else { continue };
        // The totals are a part of the file; the events may be missing all the same.
        if let Ok(events) = store.events(0, ALL) {
            assert_eq!(events, before, "{len} of {} bytes", whole.len());
        }
        store.close();
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new("missing");
    let path = folder.0.join("no").join("events.outbox");
    let error = Store::open(&Place::File(path.clone()), SCHEMA).unwrap_err();
    assert_eq!((error.kind(), error.path()), (OutboxErrorKind::Io, path.as_path()));
}

#[test]
fn what_was_begun_by_a_process_that_was_killed_is_begun_again() {
    let folder = Folder::new("begun");
    fs::write(folder.0.join("events.outbox.new"), vec![7; 10_000]).unwrap();
    let store = folder.open();
    assert_eq!(Model::of(&store), Model::default());
    store.close();
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[test]
fn opening_again_reads_what_was_kept() {
    let folder = Folder::new("reopened");
    let mut store = folder.open();
    apply(&mut store, &[put(None, "1"), put(Some("key"), "2")]);
    let before = Model::of(&store);
    store.close();
    let store = folder.open();
    assert_eq!(Model::of(&store), before);
    assert_eq!(store.totals().oldest, Some(1_000));
    store.close();
}

#[test]
fn a_file_that_is_gone_is_not_created_by_opening_it_again() {
    let folder = Folder::new("gone");
    folder.open().close();
    fs::remove_file(folder.file()).unwrap();
    let error = Store::reopen(&Place::File(folder.file()), SCHEMA).unwrap_err();
    assert_eq!(error.kind(), OutboxErrorKind::Io);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn a_file_gives_its_room_back_after_a_drain_and_stays_small_while_events_pass() {
    let folder = Folder::new("drained");
    let mut store = folder.open();
    let size = || fs::metadata(folder.file()).unwrap().len();
    let event = format!("\"{}\"", "x".repeat(100_000));
    let events: Vec<_> = (0..200).map(|_| put(None, &event)).collect();
    apply(&mut store, &events);
    assert!(size() > 20_000_000, "{}", size());
    apply(&mut store, &[Change::Settle { published: (0..200).collect(), refused: Vec::new() }]);
    assert!(store.compact().unwrap());
    assert!(size() < 4_000_000, "{}", size());
    assert!(!store.compact().unwrap(), "there is nothing to do");

    let mut next = 200;
    for _ in 0..50 {
        apply(&mut store, &events[..10]);
        apply(&mut store, &[Change::Settle { published: (next..next + 10).collect(), refused: Vec::new() }]);
        next += 10;
    }
    assert!(size() < 10_000_000, "{}", size());
    store.close();
}

#[test]
fn a_file_takes_at_most_three_times_what_its_events_have() {
    for length in [300, 3_000, 9_000, 70_000] {
        let folder = Folder::new(&format!("size-{length}"));
        let mut store = folder.open();
        let count = 210_000 / length as u64;
        let events: Vec<_> = (0..count).map(|_| put(None, &"x".repeat(length))).collect();
        let mut largest = 0;
        // It fills up, and then as many events come as go.
        for round in 0..45 {
            apply(&mut store, &events);
            largest = largest.max(store.totals().queued.bytes);
            if round >= 15 {
                let first = (round - 15) * count;
                let published = (first..first + count).collect();
                apply(&mut store, &[Change::Settle { published, refused: Vec::new() }]);
            }
        }
        let size = fs::metadata(folder.file()).unwrap().len();
        assert!(size <= 3 * largest + 1_000_000, "{length}: {size} bytes for {largest}");
    }
}
