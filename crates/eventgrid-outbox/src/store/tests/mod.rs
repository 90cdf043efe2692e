//! What is read back is what was put, even if the process ended at any moment.

mod damaged;
mod ended;
mod full;
mod model;
mod opened;

use std::sync::Arc;

use disk::Disk;
use eventgrid::SendLimits;

use super::{Change, NewEvent, Place, Store};

const ALL: SendLimits = SendLimits { max_bytes: usize::MAX, max_events: usize::MAX };

const SCHEMA: &str = "CloudEvents";

fn open(disk: &Disk) -> Store {
    Store::open(&place(disk, 0), SCHEMA).unwrap()
}

fn place(disk: &Disk, size: u64) -> Place {
    Place::Disk { disk: disk.clone(), size }
}

fn put(key: Option<&str>, json: &str) -> Change {
    Change::Put(NewEvent { put_at: 1_000, key: key.map(Arc::from), json: json.to_owned() })
}

fn apply(store: &mut Store, changes: &[Change]) {
    let changes: Vec<_> = changes.iter().collect();
    store.apply(&changes).unwrap();
}
