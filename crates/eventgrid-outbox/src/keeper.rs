//! The thread of an outbox. Only this thread reads and writes the file.
//!
//! All changes that wait when it is free are written in one transaction, so that many tasks that
//! put events at the same time share one sync of the disk.

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

/// How many commands are carried out together at most.
const MOST_AT_ONCE: usize = 4096;

/// After this time without a command, the file may be made smaller.
const IDLE: Duration = Duration::from_millis(200);

/// A command for the thread.
pub(crate) enum Command {
    /// Changes events.
    Write(Change, ChangeReply),
    /// Reads events that wait, from the number `from` on.
    Events { from: u64, limits: SendLimits, reply: Reply<Vec<StoredEvent>> },
    /// Reads events that were set aside, from the number `from` on.
    Refused { from: u64, max_events: usize, reply: Reply<Vec<RefusedEvent>> },
    /// Closes the file for good.
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

    /// Carries out commands until no sender of commands is left.
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
        // The caller may be gone, so a reply that cannot be sent is ignored.
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

    /// Writes all changes in one transaction. If that fails, the changes that free room are written
    /// without the others: on a full disk there may be room for them, or the reserve makes room.
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

    /// Replies to each write with the number of events that it affected, or with the error.
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

    /// Uses the file. After a failure it is closed, since a database that has failed refuses all
    /// further work. It is opened again when it is next needed.
    fn with_store<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        if self.is_closed {
            return Err(OutboxError::new(self.path(), OutboxErrorKind::Closed));
        }
        if self.store.is_none() {
            let store = Store::reopen(&self.place, self.schema)?;
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
            // A failure shows again when the file is next needed.
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
