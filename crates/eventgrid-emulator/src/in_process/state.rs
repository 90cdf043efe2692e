//! What the clones share: the emulator, the clock, and who is to be woken.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::task::{Poll, Waker};

use bytes::Bytes;
use http::Response;

use super::workers::{Worker, Workers};
use crate::service::Receipt;
use crate::service::{Emulator, WaiterId};
use crate::time::UnixTime;

pub(super) struct State {
    pub(super) emulator: Emulator,
    pub(super) now: UnixTime,
    pub(super) start: UnixTime,
    /// Responses to waiting receives that were not fetched yet.
    responses: HashMap<WaiterId, Response<Bytes>>,
    receives: HashMap<WaiterId, Waker>,
    sleeps: BTreeMap<(UnixTime, SleepId), Waker>,
    next_sleep: SleepId,
    /// The threads that wait for a receive in a blocking call.
    blocked: HashMap<WaiterId, Worker>,
    workers: Workers,
}

/// What a blocking call that waits does next.
pub(super) enum Next {
    /// What it waited for is there.
    Ready(Response<Bytes>),
    /// The clock was moved.
    Moved,
    /// Another thread handles an event, so the clock must not be moved.
    HeldBack,
}

/// Tells apart the sleeps that end at the same moment.
pub(super) type SleepId = u64;

impl State {
    pub(super) fn new(mut emulator: Emulator, start: UnixTime) -> Self {
        // What a program does before the first request happens at this time, too.
        emulator.advance(start);
        Self {
            emulator,
            now: start,
            start,
            responses: HashMap::new(),
            receives: HashMap::new(),
            sleeps: BTreeMap::new(),
            next_sleep: 0,
            blocked: HashMap::new(),
            workers: Workers::default(),
        }
    }

    pub(super) fn move_clock(&mut self, to: UnixTime) {
        self.now = self.now.max(to);
        self.emulator.advance(self.now);
    }

    /// A thread has got a response, perhaps with events.
    pub(super) fn hand_to(&mut self, worker: &Worker, response: &Response<Bytes>) {
        if let Some(receipt) = response.extensions().get::<Receipt>() {
            self.workers.hold(&self.emulator, self.now, worker, receipt);
        }
    }

    /// A thread begins to wait for a receive.
    pub(super) fn block(&mut self, waiter: WaiterId, worker: &Worker) {
        self.blocked.insert(waiter, worker.clone());
        self.workers.begin_to_wait(worker);
    }

    /// Gets a blocked thread nearer to the response that it waits for.
    pub(super) fn step(&mut self, waiter: WaiterId, worker: &Worker) -> Next {
        self.fetch_responses();
        if let Some(response) = self.responses.remove(&waiter) {
            return Next::Ready(response);
        }
        let next = self.emulator.next_deadline().expect("a wait has an end");
        if self.workers.limit(&self.emulator, self.now, worker).is_some_and(|limit| limit <= next) {
            return Next::HeldBack;
        }
        self.move_clock(next);
        Next::Moved
    }

    pub(super) fn has_response(&self, waiter: WaiterId) -> bool {
        self.responses.contains_key(&waiter)
    }

    pub(super) fn begin_to_sleep(&mut self, worker: &Worker) {
        self.workers.begin_to_wait(worker);
    }

    pub(super) fn end_to_sleep(&mut self, worker: &Worker) {
        self.workers.end_to_wait(worker);
    }

    /// Moves the clock to the end of a sleep, unless another thread is at work. Returns whether the
    /// sleep is over.
    pub(super) fn try_sleep(&mut self, until: UnixTime, worker: &Worker) -> bool {
        if self.now < until {
            if self.workers.limit(&self.emulator, self.now, worker).is_some_and(|limit| limit <= until) {
                return false;
            }
            self.move_clock(until);
        }
        true
    }

    pub(super) fn poll_receive(&mut self, waiter: WaiterId, waker: &Waker) -> Poll<Response<Bytes>> {
        self.fetch_responses();
        if let Some(reply) = self.responses.remove(&waiter) {
            self.hand_to(&Worker::current(), &reply);
            return Poll::Ready(reply);
        }
        self.receives.insert(waiter, waker.clone());
        Poll::Pending
    }

    /// Nobody waits for that receive any more.
    pub(super) fn forget_receive(&mut self, waiter: WaiterId) {
        self.emulator.cancel(waiter);
        self.responses.remove(&waiter);
        self.receives.remove(&waiter);
    }

    pub(super) fn new_sleep(&mut self) -> SleepId {
        self.next_sleep += 1;
        self.next_sleep
    }

    pub(super) fn poll_sleep(&mut self, until: UnixTime, sleep: SleepId, waker: &Waker) -> Poll<()> {
        if until <= self.now {
            return Poll::Ready(());
        }
        self.sleeps.insert((until, sleep), waker.clone());
        Poll::Pending
    }

    pub(super) fn forget_sleep(&mut self, until: UnixTime, sleep: SleepId) {
        self.sleeps.remove(&(until, sleep));
    }

    /// Those whose receive has a response or whose sleep is over.
    pub(super) fn finished(&mut self) -> Vec<Waker> {
        self.fetch_responses();
        let asleep = self.sleeps.split_off(&(self.now, SleepId::MAX));
        let mut wakers: Vec<_> = mem::replace(&mut self.sleeps, asleep).into_values().collect();
        if !self.receives.is_empty() {
            wakers.extend(self.responses.keys().filter_map(|waiter| self.receives.remove(waiter)));
        }
        wakers
    }

    fn fetch_responses(&mut self) {
        for (waiter, response) in self.emulator.take_finished() {
            // Its thread is at work from now on, though it may take a while to notice.
            if let Some(worker) = self.blocked.remove(&waiter) {
                self.workers.end_to_wait(&worker);
                self.hand_to(&worker, &response);
            }
            self.responses.insert(waiter, response);
        }
    }
}
