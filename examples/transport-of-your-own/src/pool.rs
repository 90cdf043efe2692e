//! The kept connections, one per host.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::body::Incoming;
use crate::connection::Connection;

#[derive(Debug, Default)]
pub(crate) struct Pool(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    kept: HashMap<String, Connection>,
    /// How often the pool was closed. A connection that was in use meanwhile is not kept.
    closed: usize,
}

impl Pool {
    /// Takes the connection to a host, if there is one that the server has not closed, and a ticket
    /// to bring it back with.
    pub(crate) fn take(&self, authority: &str) -> (Option<Connection>, usize) {
        let mut state = self.lock();
        let kept = state.kept.remove(authority).filter(Connection::is_idle);
        (kept, state.closed)
    }

    /// Keeps the connection of a response that was read, if it can be used again.
    pub(crate) fn keep(&self, authority: &str, incoming: Incoming) {
        let mut state = self.lock();
        if incoming.is_reusable() && state.closed == incoming.ticket {
            state.kept.insert(authority.to_owned(), incoming.connection);
        }
    }

    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.kept.clear();
        state.closed += 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
