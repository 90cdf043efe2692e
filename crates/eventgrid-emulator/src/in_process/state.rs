//! What the clones share: the emulator, the clock, and who is to be woken.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::task::{Poll, Waker};

use bytes::Bytes;
use http::Response;

use crate::{Emulator, UnixTime, WaiterId};

pub(super) struct State {
    pub(super) emulator: Emulator,
    pub(super) now: UnixTime,
    pub(super) start: UnixTime,
    /// Answers to waiting receives that were not fetched yet.
    answers: HashMap<WaiterId, Response<Bytes>>,
    receives: HashMap<WaiterId, Waker>,
    sleeps: BTreeMap<(UnixTime, SleepId), Waker>,
    next_sleep: SleepId,
}

/// Tells apart the sleeps that end at the same moment.
pub(super) type SleepId = u64;

impl State {
    pub(super) fn new(emulator: Emulator, start: UnixTime) -> Self {
        Self {
            emulator,
            now: start,
            start,
            answers: HashMap::new(),
            receives: HashMap::new(),
            sleeps: BTreeMap::new(),
            next_sleep: 0,
        }
    }

    pub(super) fn move_clock(&mut self, to: UnixTime) {
        self.now = self.now.max(to);
        self.emulator.advance(self.now);
    }

    /// Moves the clock until the receive is answered.
    pub(super) fn wait(&mut self, waiter: WaiterId) -> Response<Bytes> {
        loop {
            self.fetch_answers();
            if let Some(reply) = self.answers.remove(&waiter) {
                return reply;
            }
            let next = self.emulator.next_deadline().expect("a wait has an end");
            self.move_clock(next);
        }
    }

    pub(super) fn poll_receive(&mut self, waiter: WaiterId, waker: &Waker) -> Poll<Response<Bytes>> {
        self.fetch_answers();
        if let Some(reply) = self.answers.remove(&waiter) {
            return Poll::Ready(reply);
        }
        self.receives.insert(waiter, waker.clone());
        Poll::Pending
    }

    /// Nobody waits for that receive any more.
    pub(super) fn forget_receive(&mut self, waiter: WaiterId) {
        self.emulator.cancel(waiter);
        self.answers.remove(&waiter);
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

    /// Those whose receive is answered or whose sleep is over.
    pub(super) fn finished(&mut self) -> Vec<Waker> {
        self.fetch_answers();
        let asleep = self.sleeps.split_off(&(self.now, SleepId::MAX));
        let mut wakers: Vec<_> = mem::replace(&mut self.sleeps, asleep).into_values().collect();
        if !self.receives.is_empty() {
            wakers.extend(self.answers.keys().filter_map(|waiter| self.receives.remove(waiter)));
        }
        wakers
    }

    fn fetch_answers(&mut self) {
        self.answers.extend(self.emulator.take_finished());
    }
}
