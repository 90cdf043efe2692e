//! What the connections share: the emulator, its clock, and who waits for which answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::{Notify, oneshot};

use crate::broker::SubscriptionStats;
use crate::{Accepted, Emulator, Outcome, UnixTime, WaiterId};

/// An emulator for many connections.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    clock: Clock,
    /// Told when the next deadline came nearer.
    nearer: Notify,
}

#[derive(Debug)]
struct State {
    emulator: Emulator,
    waiting: HashMap<WaiterId, oneshot::Sender<Response<Bytes>>>,
    /// Whether the server is about to end, so that no receive waits any more.
    ending: bool,
}

impl Shared {
    pub(super) fn new(emulator: Emulator) -> Self {
        let state = Mutex::new(State { emulator, waiting: HashMap::new(), ending: false });
        Self { state, clock: Clock::start(), nearer: Notify::new() }
    }

    /// Answers a request. Dropping the future takes back a receive that waits.
    pub(super) async fn answer(self: &Arc<Self>, request: Request<Bytes>) -> Response<Bytes> {
        let (sender, receiver) = oneshot::channel();
        let outcome = self.work(|state, now| {
            let outcome = state.emulator.begin(now, &request);
            if let Outcome::Waiting(id) = outcome {
                state.waiting.insert(id, sender);
                if state.ending {
                    state.emulator.finish_waiting();
                }
            }
            outcome
        });
        drop(request);
        match outcome {
            Outcome::Done(reply) => reply,
            Outcome::Waiting(id) => {
                let _waiting = Waiting { shared: self, id };
                receiver.await.expect("every waiting receive is finished or taken back")
            }
        }
    }

    /// Lets time pass at each deadline, for ever.
    pub(super) async fn keep_time(self: Arc<Self>) {
        loop {
            let next = self.work(|state, now| {
                state.emulator.advance(now);
                state.emulator.next_deadline()
            });
            let nearer = self.nearer.notified();
            match next {
                Some(deadline) => {
                    let _ = tokio::time::timeout(self.clock.until(deadline), nearer).await;
                }
                None => nearer.await,
            }
        }
    }

    /// Answers the receives that wait, and from now on each that would.
    pub(super) fn end_waiting(&self) {
        self.work(|state, _| {
            state.ending = true;
            state.emulator.finish_waiting();
        });
    }

    pub(super) fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        self.work(|state, now| {
            state.emulator.advance(now);
            state.emulator.stats(topic, subscription)
        })
    }

    pub(super) fn accepted(&self) -> Vec<Accepted> {
        self.lock().emulator.accepted()
    }

    pub(super) fn clear_accepted(&self) {
        self.lock().emulator.clear_accepted();
    }

    pub(super) fn waiting(&self) -> usize {
        self.work(|state, now| {
            state.emulator.advance(now);
            state.emulator.waiting()
        })
    }

    /// Works on the emulator, then hands out the answers that this finished.
    fn work<T>(&self, work: impl FnOnce(&mut State, UnixTime) -> T) -> T {
        let mut state = self.lock();
        let before = state.emulator.next_deadline();
        let result = work(&mut state, self.clock.now());
        for (id, reply) in state.emulator.take_finished() {
            if let Some(sender) = state.waiting.remove(&id) {
                // It fails only if the connection has just ended.
                let _ = sender.send(reply);
            }
        }
        let after = state.emulator.next_deadline();
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.nearer.notify_one();
        }
        result
    }

    /// A panic in one request does not end the others: the broker's calls are done or not done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A receive that waits. Dropped with its connection, it takes no events.
struct Waiting<'a> {
    shared: &'a Shared,
    id: WaiterId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.emulator.cancel(self.id);
        state.waiting.remove(&self.id);
    }
}

/// Wall-clock time that never jumps: read once, then counted on.
#[derive(Debug)]
struct Clock {
    started: Instant,
    epoch: UnixTime,
}

impl Clock {
    fn start() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), epoch: UnixTime::from_duration(since) }
    }

    fn now(&self) -> UnixTime {
        self.epoch + self.started.elapsed()
    }

    fn until(&self, moment: UnixTime) -> Duration {
        moment.saturating_since(self.now())
    }
}
