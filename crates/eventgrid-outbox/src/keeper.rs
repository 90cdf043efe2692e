//! The thread of an outbox, which alone reads and writes the file.
//!
//! Whatever waits for it when it is free is written in one transaction, so that many that put
//! events at the same time share one sync of the disk.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use eventgrid::SendLimits;

use crate::error::{OutboxError, OutboxErrorKind};
use crate::load::Load;
use crate::operation::{ChangeReply, Reply};
use crate::refused::RefusedEvent;
use crate::state::State;
use crate::store::{Change, Place, Store, StoredEvent};

/// How many commands are done at once, at the most.
const MOST_AT_ONCE: usize = 4096;

/// After so long without a command the file may be made smaller.
const IDLE: Duration = Duration::from_millis(200);

/// Something that the thread does.
pub(crate) enum Command {
    /// Changes events.
    Write(Change, ChangeReply),
    /// Reads events that wait, from a place on.
    Events { from: u64, limits: SendLimits, reply: Reply<Vec<StoredEvent>> },
    /// Reads events that were set aside, from a place on.
    Refused { from: u64, max_events: usize, reply: Reply<Vec<RefusedEvent>> },
    /// Closes the file, for good.
    Close(Reply<()>),
}

pub(crate) struct Keeper {
    place: Place,
    schema: &'static str,
    /// `None` after a failure, until it is opened again.
    store: Option<Store>,
    state: Arc<State>,
    inbox: Receiver<Command>,
    is_closed: bool,
}

impl Keeper {
    pub(crate) fn new(
        place: Place,
        schema: &'static str,
        store: Store,
        state: Arc<State>,
        inbox: Receiver<Command>,
    ) -> Self {
        Self { place, schema, store: Some(store), state, inbox, is_closed: false }
    }

    /// Does what it is told until nobody can tell it any more.
    pub(crate) fn run(mut self) {
        self.place.take_reserve();
        loop {
            let first = match self.inbox.recv_timeout(IDLE) {
                Ok(command) => command,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.tidy();
                    let Ok(command) = self.inbox.recv() else { break };
                    command
                }
            };
            let mut writes = Vec::new();
            let mut others = Vec::new();
            for command in std::iter::once(first).chain(self.inbox.try_iter().take(MOST_AT_ONCE)) {
                match command {
                    Command::Write(change, reply) => writes.push((change, reply)),
                    other => others.push(other),
                }
            }
            self.write_all(writes);
            for other in others {
                self.do_other(other);
            }
        }
        self.close();
    }

    fn do_other(&mut self, command: Command) {
        // Who asked may be gone.
        match command {
            Command::Write(change, reply) => self.write_all(vec![(change, reply)]),
            Command::Events { from, limits, reply } => {
                let _ = reply.send(self.with_store(|store| store.events(from, limits)));
            }
            Command::Refused { from, max_events, reply } => {
                let _ = reply.send(self.with_store(|store| store.refused(from, max_events)));
            }
            Command::Close(reply) => {
                self.close();
                self.is_closed = true;
                let _ = reply.send(Ok(()));
            }
        }
    }

    /// Writes all of them at once. If that fails, those that free room are written without those
    /// that take some: on a full disk there may be room for them, or else the reserve makes it.
    fn write_all(&mut self, writes: Vec<(Change, ChangeReply)>) {
        if writes.is_empty() {
            return;
        }
        let result = self.write(&writes);
        let Err(error) = &result else {
            return self.report(writes, &result);
        };
        let is_full = error.kind() == OutboxErrorKind::DiskFull;
        let (puts, others): (Vec<_>, Vec<_>) =
            writes.into_iter().partition(|(change, _)| matches!(change, Change::Put(_)));
        self.report(puts, &result);
        let mut again = if others.is_empty() { return } else { self.write(&others) };
        if again.is_err() && is_full && self.place.release_reserve() {
            again = self.write(&others);
        }
        self.report(others, &again);
    }

    fn write(&mut self, writes: &[(Change, ChangeReply)]) -> Result<Vec<u64>, OutboxError> {
        let changes: Vec<_> = writes.iter().map(|(change, _)| change).collect();
        self.with_store(|store| store.apply(&changes))
    }

    /// Tells what came of writes: of each, how many events it concerned.
    fn report(&self, writes: Vec<(Change, ChangeReply)>, result: &Result<Vec<u64>, OutboxError>) {
        let counts = result.as_ref().map_or(&[][..], Vec::as_slice);
        let (mut reserved, mut put, mut published) = (Load::default(), 0, 0);
        for (index, (change, _)) in writes.iter().enumerate() {
            let count = counts.get(index).copied().unwrap_or(0);
            match change {
                Change::Put(event) => {
                    reserved = reserved.plus(event.load());
                    put += count;
                }
                Change::Settle { .. } => published += count,
                Change::RemoveRefused(_) | Change::Requeue(_) => {}
            }
        }
        self.state.count(put, published);
        self.state.settle(reserved, self.store.as_ref().map(Store::totals));
        for (index, (_, reply)) in writes.into_iter().enumerate() {
            let count = result.as_ref().map(|counts| counts.get(index).copied().unwrap_or(0));
            reply.send(count.map_err(Clone::clone));
        }
    }

    /// Does something with the file. After a failure it is closed: a database that has failed does
    /// nothing any more. It is opened again when it is next needed.
    fn with_store<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        if self.is_closed {
            return Err(OutboxError::new(self.path(), OutboxErrorKind::Closed));
        }
        if self.store.is_none() {
            let store = Store::open(&self.place, self.schema)?;
            self.state.settle(Load::default(), Some(store.totals()));
            self.store = Some(store);
        }
        let Some(store) = &mut self.store else {
            return Err(OutboxError::new(self.path(), OutboxErrorKind::Closed));
        };
        let result = work(store);
        if result.is_err() {
            self.close();
        }
        result
    }

    fn tidy(&mut self) {
        if self.store.is_some() {
            // What failed shows when the file is next needed.
            let _ = self.with_store(Store::compact);
            self.place.take_reserve();
        }
    }

    fn close(&mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }

    fn path(&self) -> &Path {
        self.place.path()
    }
}
