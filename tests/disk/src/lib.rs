//! A disk in memory that remembers every write and sync. It can be restored as it would be if the
//! process had been killed, or the machine had lost its power, at any of them. It can also fail,
//! and be full.
//!
//! It is a storage for redb. The crates that keep a file by redb share it in their tests.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use redb::StorageBackend;

/// A disk. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What the process sees.
    seen: Vec<u8>,
    /// What it had when it was new.
    start: Vec<u8>,
    log: Vec<Operation>,
    /// After so many operations none is done any more.
    fails_after: Option<usize>,
    /// Which blocks were ever written. Only these take room, as in a file with holes.
    blocks: HashSet<usize>,
    /// How many more may be written; `None` if there is no limit.
    free_blocks: Option<usize>,
    /// How many another file has, which can be removed.
    reserved_blocks: usize,
}

/// The size of a block, in bytes.
const BLOCK: usize = 4096;

#[derive(Debug)]
enum Operation {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
}

/// What becomes of writes that were not synced.
#[derive(Debug, Clone, Copy)]
pub enum Unsynced {
    /// The process was killed: they are all there.
    Kept,
    /// The power was lost, and none of them is there.
    Lost,
    /// The power was lost, and each of them is there or not.
    Some,
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how many writes and syncs there were.
    pub fn operations(&self) -> usize {
        self.state().log.len()
    }

    /// Fails from the next write or sync on.
    pub fn fail(&self) {
        let mut state = self.state();
        state.fails_after = Some(state.log.len());
    }

    /// Works again after [`fail`](Self::fail).
    pub fn repair(&self) {
        self.state().fails_after = None;
    }

    /// Lets so many blocks of 4,096 bytes be written that were never written before; beyond them
    /// the disk is full. `None` means no limit.
    pub fn set_free_blocks(&self, blocks: Option<usize>) {
        self.state().free_blocks = blocks;
    }

    /// Lets another file, which can be removed, have so many blocks.
    pub fn set_reserve(&self, blocks: usize) {
        self.state().reserved_blocks = blocks;
    }

    /// Removes the other file. Returns whether it had any blocks.
    pub fn release_reserve(&self) -> bool {
        let mut state = self.state();
        let released = std::mem::take(&mut state.reserved_blocks);
        state.free_blocks = state.free_blocks.map(|free| free + released);
        released > 0
    }

    /// Changes the bytes in the first place that has `from`, so that it has `to`. Returns whether
    /// there was one.
    pub fn damage(&self, from: &[u8], to: &[u8]) -> bool {
        let mut state = self.state();
        let found = state.seen.windows(from.len()).position(|window| window == from);
        if let Some(start) = found {
            state.seen[start..start + to.len()].copy_from_slice(to);
        }
        found.is_some()
    }

    /// Returns another disk with the same bytes, but for a page of 4,096 bytes that is all of one.
    #[must_use]
    pub fn with_page(&self, page: usize, byte: u8) -> Self {
        let mut bytes = self.state().seen.clone();
        bytes[page * BLOCK..(page + 1) * BLOCK].fill(byte);
        let state = State { start: bytes.clone(), seen: bytes, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns its size, in bytes.
    pub fn size(&self) -> usize {
        self.state().seen.len()
    }

    /// Returns the disks after an end at each of the writes and syncs, each with how many had been
    /// done, from `first` on.
    pub fn ended(&self, first: usize, unsynced: Unsynced, seed: u64) -> impl Iterator<Item = (usize, Self)> {
        let state = std::mem::take(&mut *self.state());
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
        let mut state = self.state();
        if state.fails_after.is_some_and(|count| state.log.len() >= count) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.take_room(&operation)?;
        operation.apply(&mut state.seen);
        state.log.push(operation);
        Ok(())
    }
}

impl State {
    fn take_room(&mut self, operation: &Operation) -> io::Result<()> {
        let (offset, bytes) = match operation {
            Operation::Write(offset, bytes) => (offset, bytes),
            Operation::Length(length) => {
                let before = self.blocks.len();
                self.blocks.retain(|block| block * BLOCK < *length);
                self.free_blocks = self.free_blocks.map(|free| free + before - self.blocks.len());
                return Ok(());
            }
            Operation::Sync => return Ok(()),
        };
        let written = offset / BLOCK..(offset + bytes.len()).div_ceil(BLOCK);
        let new: Vec<_> = written.filter(|block| !self.blocks.contains(block)).collect();
        if let Some(free) = &mut self.free_blocks {
            *free = free.checked_sub(new.len()).ok_or(io::ErrorKind::StorageFull)?;
        }
        self.blocks.extend(new);
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
        Ok(self.state().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state();
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
