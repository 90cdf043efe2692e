//! What the handles of an outbox and the forwarding future share: the thread to which they send
//! commands.

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use eventgrid::SendLimits;

use crate::error::{OutboxError, OutboxErrorKind};
use crate::keeper::{Command, Keeper};
use crate::load::Load;
use crate::operation::{ChangeReply, Operation, Reply};
use crate::options::OutboxOptions;
use crate::state::State;
use crate::store::{Change, Place, Store, StoredEvent};

/// What the handles and the forwarding future share.
pub(crate) struct Shared {
    pub(crate) state: Arc<State>,
    pub(crate) options: OutboxOptions,
    place: Place,
    /// Whose turn it is to wait for room.
    pub(crate) turn: async_lock::Mutex<()>,
    /// `None` while it is dropped.
    commands: Option<Sender<Command>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Shared {
    /// Opens the file, and starts the thread that owns it.
    pub(crate) fn open(
        place: Place,
        schema: &'static str,
        options: OutboxOptions,
    ) -> Result<Self, OutboxError> {
        let store = Store::open(&place, schema)?;
        let state = Arc::new(State::new(options.capacity));
        state.settle(Load::default(), Some(store.totals()));
        let (commands, inbox) = mpsc::channel();
        let keeper = Keeper::new(place.clone(), schema, store, Arc::clone(&state), inbox);
        let thread = std::thread::Builder::new().name("eventgrid-outbox".to_owned());
        let thread = thread.spawn(move || keeper.run());
        let thread =
            thread.map_err(|error| OutboxError::new(place.path(), OutboxErrorKind::Io).because(error))?;
        let turn = async_lock::Mutex::new(());
        let (commands, thread) = (Some(commands), Mutex::new(Some(thread)));
        Ok(Self { state, options, place, turn, commands, thread })
    }

    /// The file, as errors name it.
    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn write(&self, change: Change) -> Operation<()> {
        self.ask(|reply| Command::Write(change, ChangeReply::Done(reply)))
    }

    pub(crate) fn count(&self, change: Change) -> Operation<u64> {
        self.ask(|reply| Command::Write(change, ChangeReply::Counted(reply)))
    }

    /// Reads events that wait, from the number `from` on.
    pub(crate) fn read(&self, from: u64, limits: SendLimits) -> Operation<Vec<StoredEvent>> {
        self.ask(|reply| Command::Events { from, limits, reply })
    }

    pub(crate) fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Operation<T> {
        let (reply, operation) = Operation::new(self.place.path());
        if let Some(commands) = &self.commands {
            // If the thread is gone, the reply is dropped, which says that the outbox is closed.
            let _ = commands.send(command(reply));
        }
        operation
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.commands = None;
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // The thread itself may be the last owner, and cannot wait for itself.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}
