//! Time, dice and sleep, all of them the emulator's own.

use std::future::poll_fn;
use std::time::Duration;

use eventgrid::{Environment, SendAsyncSleep, Sleep};

use super::InProcess;
use super::state::SleepId;
use super::workers::Worker;
use crate::time::UnixTime;

impl Environment for InProcess {
    fn unix_time(&self) -> Option<Duration> {
        Some(self.now().as_duration())
    }

    fn uptime(&self) -> Duration {
        self.work(|state| state.now.saturating_since(state.start))
    }

    fn random(&self) -> u64 {
        self.work(|state| state.emulator.random())
    }
}

/// Moves the clock, as soon as no other thread handles an event whose lock this would end.
impl Sleep for InProcess {
    fn sleep(&self, duration: Duration) {
        let worker = Worker::current();
        let until = self.work(|state| {
            state.begin_to_sleep(&worker);
            state.now + duration
        });
        while !self.work_unless(|state| state.try_sleep(until, &worker), |is_over| !is_over) {
            self.wait_for_change(|state| state.now < until);
        }
        self.work(|state| state.end_to_sleep(&worker));
    }
}

/// Waits until the clock is moved.
impl SendAsyncSleep for InProcess {
    async fn sleep(&self, duration: Duration) {
        let (until, sleep) = self.work(|state| (state.now + duration, state.new_sleep()));
        Sleeping { namespace: self, until, sleep }.over().await;
    }
}

/// A sleep that is not over. Dropped before its end, it wakes nobody.
struct Sleeping<'a> {
    namespace: &'a InProcess,
    until: UnixTime,
    sleep: SleepId,
}

impl Sleeping<'_> {
    async fn over(&self) {
        poll_fn(|context| {
            self.namespace.work(|state| state.poll_sleep(self.until, self.sleep, context.waker()))
        })
        .await;
    }
}

impl Drop for Sleeping<'_> {
    fn drop(&mut self) {
        self.namespace.work(|state| state.forget_sleep(self.until, self.sleep));
    }
}
