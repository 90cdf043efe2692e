//! The agents of a transport: the one that it sends by, and those that still have a request in
//! progress after they were replaced.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use ureq::Agent;

pub(crate) struct Agents {
    make: Box<dyn Fn() -> Agent + Send + Sync>,
    state: RwLock<State>,
}

struct State {
    /// The agent that owns the connections. `None` after the transport was shut down.
    current: Option<Arc<Agent>>,
    replaced: Vec<Weak<Agent>>,
}

impl Agents {
    pub(crate) fn new(make: impl Fn() -> Agent + Send + Sync + 'static) -> Self {
        let current = Some(Arc::new(make()));
        Self { make: Box::new(make), state: RwLock::new(State { current, replaced: Vec::new() }) }
    }

    /// The agent to send by. Keep it while its request is in progress.
    pub(crate) fn current(&self) -> Option<Arc<Agent>> {
        self.read().current.clone()
    }

    pub(crate) fn are_shut_down(&self) -> bool {
        self.read().current.is_none()
    }

    /// Replaces the agent: the connections that it keeps are closed now, and those in use after
    /// their requests.
    pub(crate) fn replace(&self) {
        let fresh = Arc::new((self.make)());
        let last = {
            let mut state = self.write();
            let Some(current) = &mut state.current else { return };
            let last = std::mem::replace(current, fresh);
            state.replaced.retain(|agent| agent.strong_count() > 0);
            state.replaced.push(Arc::downgrade(&last));
            last
        };
        drop(last);
    }

    /// Ends all requests and closes all connections, for good.
    pub(crate) fn shut_down(&self) {
        let (current, replaced) = {
            let mut state = self.write();
            (state.current.take(), std::mem::take(&mut state.replaced))
        };
        let in_use = replaced.iter().filter_map(Weak::upgrade);
        for agent in current.into_iter().chain(in_use) {
            Agent::clone(&agent).shutdown();
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
