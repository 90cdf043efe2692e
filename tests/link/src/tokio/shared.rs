//! What the two streams of a link share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use ::tokio::time::Instant;

use crate::link::{End, Link};
use crate::options::LinkOptions;

/// A link and the tasks that wait for it.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    made: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) link: Link,
    client: Waiting,
    server: Waiting,
    to_wake: Vec<Waker>,
}

/// The tasks that wait at one end.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

impl Shared {
    pub(super) fn new(options: &LinkOptions) -> Self {
        let link = Link::new(options, Duration::ZERO);
        let [client, server] = Default::default();
        let state = State { link, client, server, to_wake: Vec::new() };
        Self { made: Instant::now(), state: Arc::new(Mutex::new(state)) }
    }

    /// Does something with the link, at the present moment of tokio's clock. Tasks are woken after
    /// that, when the link is free again.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State, Duration) -> T) -> T {
        let mut state = self.lock();
        let result = act(&mut state, self.made.elapsed());
        let to_wake = std::mem::take(&mut state.to_wake);
        drop(state);
        to_wake.into_iter().for_each(Waker::wake);
        result
    }

    /// The moment of tokio's clock for one of the link; `None` if it is too far away to come.
    pub(super) fn instant(&self, moment: Duration) -> Option<Instant> {
        self.made.checked_add(moment)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn waiting(&mut self, end: End) -> &mut Waiting {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }

    pub(super) fn wake_reader(&mut self, end: End) {
        let waker = self.waiting(end).reader.take();
        self.to_wake.extend(waker);
    }

    pub(super) fn wake_writer(&mut self, end: End) {
        let waker = self.waiting(end).writer.take();
        self.to_wake.extend(waker);
    }

    /// Wakes all tasks: the link has changed for both ends.
    pub(super) fn wake_all(&mut self) {
        for end in [End::Client, End::Server] {
            self.wake_reader(end);
            self.wake_writer(end);
        }
    }
}
