//! Waits for a state of an event subscription. They end when it has come, which is looked for after
//! each change and never in between, or when their time is over, which is real time.

use std::time::{Duration, Instant};

use super::engine::Key;
use super::outgoing::Tell;
use crate::admin::Wait;
use crate::broker::SubscriptionStats;
use crate::service::{Emulator, WaitError};

/// The most that wait at once, since each is looked at after each change.
const MAX_WAITS: usize = 256;

/// How a wait ended.
pub(super) type WaitResult = Result<SubscriptionStats, WaitError>;

/// Called with a wait and its result when it has ended.
pub(super) type OnEnd = Box<dyn FnOnce(&Wait, WaitResult) + Send>;

#[derive(Default)]
pub(super) struct Barriers(Vec<Barrier>);

struct Barrier {
    key: Key,
    wait: Wait,
    end: Instant,
    on_end: OnEnd,
}

impl Barriers {
    /// Adds a wait. One that there is no room for is among the `ended` at once.
    pub(super) fn add(&mut self, key: Key, wait: Wait, on_end: OnEnd, ended: &mut Vec<Tell>) {
        if self.0.len() >= MAX_WAITS {
            return ended.push(Box::new(move || on_end(&wait, Err(WaitError::Refused))));
        }
        let end = Instant::now() + wait.timeout;
        self.0.push(Barrier { key, wait, end, on_end });
    }

    /// Nobody waits any more.
    pub(super) fn cancel(&mut self, key: Key) {
        self.0.retain(|barrier| barrier.key != key);
    }

    /// Ends those whose state has come.
    pub(super) fn check(&mut self, emulator: &Emulator, ended: &mut Vec<Tell>) {
        if !self.0.is_empty() {
            self.end_if(ended, |wait, _| wait.result(emulator));
        }
    }

    /// Ends those whose time is over.
    pub(super) fn end_late(&mut self, emulator: &Emulator, ended: &mut Vec<Tell>) {
        if !self.0.is_empty() {
            let now = Instant::now();
            self.end_if(ended, |wait, end| (end <= now).then(|| wait.end(emulator)));
        }
    }

    /// Ends all of them.
    pub(super) fn end_all(&mut self, emulator: &Emulator, ended: &mut Vec<Tell>) {
        self.end_if(ended, |wait, _| Some(wait.end(emulator)));
    }

    /// How long until the time of one is over.
    pub(super) fn next_end(&self) -> Option<Duration> {
        let next = self.0.iter().map(|barrier| barrier.end).min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn end_if(&mut self, ended: &mut Vec<Tell>, result: impl Fn(&Wait, Instant) -> Option<WaitResult>) {
        let mut index = 0;
        while let Some(barrier) = self.0.get(index) {
            match result(&barrier.wait, barrier.end) {
                Some(result) => {
                    let Barrier { wait, on_end, .. } = self.0.remove(index);
                    ended.push(Box::new(move || on_end(&wait, result)));
                }
                None => index += 1,
            }
        }
    }
}
