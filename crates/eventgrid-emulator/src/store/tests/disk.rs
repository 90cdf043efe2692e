//! A disk in memory that remembers every write and sync, so that it can be seen as it would be had
//! the process been killed, or the machine lost its power, at any of them.

use std::io;
use std::sync::{Arc, Mutex};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use redb::StorageBackend;

/// A disk. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What the process sees.
    seen: Vec<u8>,
    /// What it had when it was new.
    start: Vec<u8>,
    log: Vec<Operation>,
    /// After so many operations none is done any more.
    fails_after: Option<usize>,
}

#[derive(Debug)]
enum Operation {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
}

/// What becomes of writes that were not synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unsynced {
    /// The process was killed: they are all there.
    Kept,
    /// The power was lost, and none of them is there.
    Lost,
    /// The power was lost, and each of them is there or not.
    Some,
}

impl Disk {
    /// How many writes and syncs there were.
    pub(super) fn operations(&self) -> usize {
        self.0.lock().unwrap().log.len()
    }

    /// Fails from the next write or sync on.
    pub(super) fn fail(&self) {
        let mut state = self.0.lock().unwrap();
        state.fails_after = Some(state.log.len());
    }

    /// The disks after an end at each of the writes and syncs, each with how many had been done,
    /// from `first` on.
    pub(super) fn ended(
        &self,
        first: usize,
        unsynced: Unsynced,
        seed: u64,
    ) -> impl Iterator<Item = (usize, Self)> {
        let state = std::mem::take(&mut *self.0.lock().unwrap());
        let (mut random, mut synced, mut synced_to) = (StdRng::seed_from_u64(seed), state.start, 0);
        (first..=state.log.len()).map(move |count| {
            let done = &state.log[..count];
            let last_sync = done.iter().rposition(|operation| matches!(operation, Operation::Sync));
            let last_sync = last_sync.unwrap_or(0).max(synced_to);
            done[synced_to..last_sync].iter().for_each(|operation| operation.apply(&mut synced));
            synced_to = last_sync;
            let mut bytes = synced.clone();
            for operation in &done[synced_to..] {
                let is_there = match unsynced {
                    Unsynced::Kept => true,
                    Unsynced::Lost => false,
                    Unsynced::Some => random.random(),
                };
                if is_there {
                    operation.apply(&mut bytes);
                }
            }
            let state = State { start: bytes.clone(), seen: bytes, ..State::default() };
            (count, Self(Arc::new(Mutex::new(state))))
        })
    }

    fn change(&self, operation: Operation) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        if state.fails_after.is_some_and(|count| state.log.len() >= count) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        operation.apply(&mut state.seen);
        state.log.push(operation);
        Ok(())
    }
}

impl Operation {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => {
                let end = offset + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                to[*offset..end].copy_from_slice(bytes);
            }
            Self::Length(length) => to.resize(*length, 0),
            Self::Sync => {}
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock().unwrap();
        let start = usize::try_from(offset).unwrap();
        let bytes = state.seen.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Operation::Length(usize::try_from(length).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(Operation::Sync)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(Operation::Write(usize::try_from(offset).unwrap(), bytes.to_vec()))
    }
}
