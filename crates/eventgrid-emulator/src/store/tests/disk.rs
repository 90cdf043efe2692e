//! A disk in memory that can stop at any write or sync, as when the process is killed or the
//! machine loses its power.

use std::io;
use std::sync::{Arc, Mutex};

use rand::{Rng, rngs::StdRng};
use redb::StorageBackend;

/// A disk. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What it has if its power is lost now.
    synced: Vec<u8>,
    /// What is written since then, in order.
    unsynced: Vec<Write>,
    /// What the process sees.
    seen: Vec<u8>,
    /// How many writes and syncs there were.
    operations: usize,
    /// After so many of them none is done any more.
    last_operation: Option<usize>,
    syncs: usize,
}

#[derive(Debug, Clone)]
enum Write {
    Bytes(usize, Vec<u8>),
    Length(usize),
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
    /// A disk that stops after so many writes and syncs.
    pub(super) fn stopping_after(operations: usize) -> Self {
        let disk = Self::default();
        disk.0.lock().unwrap().last_operation = Some(operations);
        disk
    }

    /// How many writes and syncs there were.
    pub(super) fn operations(&self) -> usize {
        self.0.lock().unwrap().operations
    }

    /// Whether it has stopped.
    pub(super) fn has_stopped(&self) -> bool {
        let state = self.0.lock().unwrap();
        state.last_operation.is_some_and(|last| state.operations > last)
    }

    /// The disk after a restart.
    pub(super) fn restarted(&self, unsynced: Unsynced, random: &mut StdRng) -> Self {
        let state = self.0.lock().unwrap();
        let mut bytes = state.synced.clone();
        for write in &state.unsynced {
            let is_there = match unsynced {
                Unsynced::Kept => true,
                Unsynced::Lost => false,
                Unsynced::Some => random.random(),
            };
            if is_there {
                write.apply(&mut bytes);
            }
        }
        Self(Arc::new(Mutex::new(State { synced: bytes.clone(), seen: bytes, ..State::default() })))
    }

    fn change(&self, write: Option<Write>) -> Result<(), io::Error> {
        let mut state = self.0.lock().unwrap();
        state.operations += 1;
        if state.last_operation.is_some_and(|last| state.operations > last) {
            return Err(io::Error::other("the disk has stopped"));
        }
        match write {
            Some(write) => {
                write.apply(&mut state.seen);
                state.unsynced.push(write);
            }
            None => {
                state.syncs += 1;
                let State { synced, unsynced, .. } = &mut *state;
                unsynced.drain(..).for_each(|write| write.apply(synced));
            }
        }
        Ok(())
    }
}

impl Write {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Bytes(offset, bytes) => {
                let end = offset + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                to[*offset..end].copy_from_slice(bytes);
            }
            Self::Length(length) => to.resize(*length, 0),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let state = self.0.lock().unwrap();
        let start = usize::try_from(offset).unwrap();
        let bytes = state.seen.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), io::Error> {
        self.change(Some(Write::Length(usize::try_from(length).unwrap())))
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.change(None)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), io::Error> {
        self.change(Some(Write::Bytes(usize::try_from(offset).unwrap(), bytes.to_vec())))
    }
}
