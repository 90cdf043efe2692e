//! Which directories can be opened, and what opening one reads.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redb::{Database, ReadableDatabase as _, ReadableTableMetadata as _, TableDefinition};

use crate::broker::{Broker, Entry, EntrySource, Event, Sequence, SubscriptionId, SubscriptionSettings};
use crate::service::EmulatorChanges;
use crate::store::{FILE, NEW_FILE, Store, tables};
use crate::time::UnixTime;
use disk::Disk;

/// A directory that is removed with this.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("eventgrid-emulator-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn refusal(&self) -> String {
        Store::open(&self.0).unwrap_err().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn commit(store: &Store, broker: &mut Broker) {
    let broker = broker.take_changes();
    store.commit(vec![EmulatorChanges { broker, ..EmulatorChanges::default() }]).unwrap();
}

/// A broker in a store, with these event subscriptions of one topic.
fn kept(
    store: (Store, crate::service::StoredEmulator),
    names: &[&str],
) -> (Store, Broker, Vec<SubscriptionId>) {
    let (store, stored) = store;
    let mut broker = Broker::new(1);
    broker.open(stored.broker).unwrap();
    let topic = broker.create_topic("orders");
    let create =
        |name: &&str| broker.create_subscription(topic, name, SubscriptionSettings::default()).unwrap();
    let ids = names.iter().map(create).collect();
    (store, broker, ids)
}

fn publish(broker: &mut Broker, count: usize) {
    let topic = broker.topic("orders").unwrap();
    let events: Vec<_> = (0..count).map(|number| Event::from_json(number.to_string()).unwrap()).collect();
    broker.publish(UnixTime::from_secs(1), topic, &events);
}

/// Counts how often entries are read.
#[derive(Debug)]
struct Counted(Arc<dyn EntrySource>, Arc<AtomicUsize>);

impl EntrySource for Counted {
    fn load(&self, first: Sequence, count: usize) -> Vec<(Sequence, Entry)> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.load(first, count)
    }
}

#[test]
fn opening_reads_no_entry_and_a_receive_reads_one_segment() {
    let disk = Disk::default();
    let (store, mut broker, ids) = kept(Store::open_backend(disk.clone(), 0).unwrap(), &["billing"]);
    publish(&mut broker, 5000);
    broker.receive(UnixTime::from_secs(2), ids[0], 700);
    commit(&store, &mut broker);
    let (before, deadline) = (broker.stats(ids[0]), broker.next_deadline());
    drop(broker);
    store.close();

    let (_store, mut stored) = Store::open_backend(disk, 0).unwrap();
    let loads = Arc::new(AtomicUsize::new(0));
    for queue in &mut stored.broker.queues {
        queue.source = Arc::new(Counted(Arc::clone(&queue.source), Arc::clone(&loads)));
    }
    let mut broker = Broker::new(2);
    broker.open(stored.broker).unwrap();
    let id = broker.subscription(broker.topic("orders").unwrap(), "billing").unwrap();
    assert_eq!((broker.stats(id), broker.next_deadline()), (before, deadline));
    assert!(broker.take_changes().is_empty());
    assert_eq!(loads.load(Ordering::Relaxed), 0);

    let deliveries = broker.receive(UnixTime::from_secs(2), id, 1);
    assert_eq!(deliveries[0].event.json(), "700");
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

#[test]
fn the_text_of_an_event_is_kept_once_for_all_subscriptions_and_goes_with_the_last_of_them() {
    let folder = Folder::new("shared");
    let names = ["billing", "shipping", "archive"];
    let (store, mut broker, ids) = kept(Store::open(&folder.0).unwrap(), &names);
    publish(&mut broker, 10);
    commit(&store, &mut broker);
    let events = |store: &Store| {
        let database = store.shared.database.read().unwrap();
        let transaction = database.as_ref().unwrap().begin_read().unwrap();
        transaction.open_table(tables::EVENTS).unwrap().len().unwrap()
    };
    assert_eq!(events(&store), 10);

    for id in &ids[..2] {
        for sequence in 0..10 {
            broker.acknowledge_event(*id, sequence).unwrap();
        }
    }
    commit(&store, &mut broker);
    assert_eq!(events(&store), 10);
    broker.remove_subscription(ids[2]);
    commit(&store, &mut broker);
    while store.remove_discarded().unwrap() {}
    assert_eq!(events(&store), 0);
}

#[test]
fn a_file_gives_its_room_back_after_a_drain() {
    let folder = Folder::new("drained");
    let (store, mut broker, ids) = kept(Store::open(&folder.0).unwrap(), &["billing"]);
    let topic = broker.topic("orders").unwrap();
    let text = format!("\"{}\"", "x".repeat(100_000));
    let events: Vec<_> = (0..200).map(|_| Event::from_json(text.clone()).unwrap()).collect();
    broker.publish(UnixTime::from_secs(1), topic, &events);
    commit(&store, &mut broker);
    let size = || fs::metadata(folder.0.join(FILE)).unwrap().len();
    let full = size();
    assert!(full > 20_000_000, "{full}");
    broker.reset_subscription(ids[0]);
    commit(&store, &mut broker);
    while store.remove_discarded().unwrap() {}
    assert!(store.compact().unwrap());
    assert!(size() < 4_000_000, "{}", size());
    assert!(!store.compact().unwrap(), "there is nothing to do");
}

#[test]
fn a_directory_is_of_one_emulator_at_a_time() {
    let folder = Folder::new("in-use");
    let (store, _) = Store::open(&folder.0).unwrap();
    let refusal = folder.refusal();
    assert!(refusal.ends_with("is in use by another emulator: stop that one, or give another directory"));
    store.close();
    assert!(Store::open(&folder.0).is_ok());
}

#[test]
fn a_directory_of_a_newer_version_is_refused() {
    let folder = Folder::new("newer");
    let (store, _) = Store::open(&folder.0).unwrap();
    store.write(|tables| tables.begin(7)).unwrap();
    store.close();
    let refusal = folder.refusal();
    assert!(refusal.contains("was written by a newer version (form 7, and this one reads 1)"), "{refusal}");
}

#[test]
fn a_file_of_another_program_is_refused() {
    let folder = Folder::new("foreign");
    fs::create_dir_all(&folder.0).unwrap();
    let file = folder.0.join(FILE);
    fs::write(&file, "not a database").unwrap();
    assert!(folder.refusal().contains("is damaged or belongs to another program"));

    fs::remove_file(&file).unwrap();
    let database = Database::create(&file).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<u64, u64>::new("theirs")).unwrap().insert(1, 2).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(folder.refusal().contains("is damaged or belongs to another program"));
}

#[test]
fn a_path_that_is_a_file_is_refused() {
    let folder = Folder::new("file");
    fs::write(&folder.0, "").unwrap();
    let refusal = folder.refusal();
    fs::remove_file(&folder.0).unwrap();
    assert!(refusal.contains("cannot be used: give one that this user may write"), "{refusal}");
}

#[test]
fn what_was_begun_by_a_process_that_was_killed_is_begun_again() {
    let folder = Folder::new("begun");
    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join(NEW_FILE), vec![7; 10_000]).unwrap();
    let (store, stored) = Store::open(&folder.0).unwrap();
    assert_eq!((stored.broker.topics.len(), stored.openings), (0, 1));
    store.close();
}

#[test]
fn a_directory_that_another_process_is_making_is_in_use() {
    let folder = Folder::new("making");
    fs::create_dir_all(&folder.0).unwrap();
    let theirs = fs::File::create(folder.0.join(NEW_FILE)).unwrap();
    theirs.lock().unwrap();
    theirs.set_len(10_000).unwrap();
    assert!(folder.refusal().contains("is in use by another emulator"));
    assert_eq!(theirs.metadata().unwrap().len(), 10_000, "what it wrote is there");
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    let folder = Folder::new("damaged");
    let (store, mut broker, _) = kept(Store::open(&folder.0).unwrap(), &["billing"]);
    publish(&mut broker, 300);
    commit(&store, &mut broker);
    store.close();
    let file = folder.0.join(FILE);
    let whole = fs::read(&file).unwrap();
    for page in 0..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..(page + 1) * 4096].fill(0xa5);
        fs::write(&file, damaged).unwrap();
        let Ok((store, stored)) = Store::open(&folder.0) else { continue };
        let mut broker = Broker::new(1);
        if broker.open(stored.broker).is_ok() {
            // Nothing of this panics; a page that nobody uses may be as it likes.
            let topics: Vec<_> = broker.topics().collect();
            for id in
                topics.into_iter().flat_map(|topic| broker.subscriptions(topic).to_vec()).collect::<Vec<_>>()
            {
                broker.receive(UnixTime::from_secs(2), id, 1000);
                let _ = broker.stats(id);
            }
        }
        store.close();
    }
}
