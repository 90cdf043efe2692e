//! How much is done, and for how long.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::arguments::LoadArguments;

/// How long a run is if nothing else is said.
const DURATION: Duration = Duration::from_secs(10);

/// What all requests of a run share: how many events are left, and when it is over.
pub(super) struct Limit {
    left: Cell<Option<u64>>,
    deadline: Option<Instant>,
    is_over: Cell<bool>,
    over: Notify,
}

impl Limit {
    /// The limit that the arguments ask for, from now on.
    pub(super) fn new(arguments: &LoadArguments) -> Self {
        let duration = arguments.duration.or(if arguments.count.is_none() { Some(DURATION) } else { None });
        Self {
            left: Cell::new(arguments.count),
            // What is too far away to be a time is never.
            deadline: duration.and_then(|duration| Instant::now().checked_add(duration)),
            is_over: Cell::new(false),
            over: Notify::new(),
        }
    }

    /// Takes up to so many events. None are left once the run is over.
    pub(super) fn take(&self, most: u64) -> u64 {
        if self.is_over.get() || self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return 0;
        }
        match self.left.get() {
            None => most,
            Some(left) => {
                let taken = most.min(left);
                self.left.set(Some(left - taken));
                taken
            }
        }
    }

    /// Gives back what was taken, and is to be done by others.
    pub(super) fn give_back(&self, events: u64) {
        self.left.set(self.left.get().map(|left| left + events));
    }

    /// Ends the run.
    pub(super) fn end(&self) {
        self.is_over.set(true);
        self.over.notify_waiters();
    }

    /// Waits until the run is over, by its duration or since it was ended.
    pub(super) async fn over(&self) {
        let over = self.over.notified();
        if self.is_over.get() {
            return;
        }
        match self.deadline {
            Some(deadline) => tokio::select! {
                () = over => {}
                () = sleep_until(deadline) => {}
            },
            None => over.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(count: Option<u64>, duration: Option<Duration>) -> Limit {
        Limit::new(&LoadArguments { count, duration, connections: 1, batch: 1 })
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_ends_by_its_count_or_its_duration() {
        let counted = limit(Some(5), None);
        assert_eq!([counted.take(3), counted.take(3), counted.take(3)], [3, 2, 0]);
        counted.give_back(1);
        assert_eq!(counted.take(3), 1);

        let timed = limit(None, None);
        assert_eq!(timed.take(7), 7);
        timed.over().await;
        assert_eq!(timed.take(7), 0);

        let ended = limit(None, Some(Duration::MAX));
        ended.end();
        ended.over().await;
        assert_eq!(ended.take(7), 0);
    }
}
