//! When no bytes move.

use std::time::Duration;

use super::random::{Purpose, random_time};
use crate::options::PipeOptions;

/// The stalls of one direction.
#[derive(Debug)]
pub(super) struct Stalls {
    /// First moment, and first moment after it.
    scripted: Vec<(Duration, Duration)>,
    random: Option<RandomStalls>,
}

#[derive(Debug)]
struct RandomStalls {
    every: Duration,
    length: Duration,
    seed: u64,
    /// Number, first moment, and first moment after it.
    current: (u64, Duration, Duration),
}

impl Stalls {
    pub(super) fn new(options: &PipeOptions, seed: u64, opened: Duration) -> Self {
        let absolute = |&(at, length): &(Duration, Duration)| {
            let start = opened.saturating_add(at);
            (start, start.saturating_add(length))
        };
        let scripted = options.stalls.iter().map(absolute).collect();
        let random = options.random_stalls.map(|(every, length)| {
            let mut stalls = RandomStalls { every, length, seed, current: (0, opened, opened) };
            stalls.next();
            stalls
        });
        Self { scripted, random }
    }

    /// Returns the first moment, not before `from`, that is in none of the stalls. Moments must not
    /// go back.
    pub(super) fn after(&mut self, from: Duration) -> Duration {
        let mut at = from;
        while let Some(end) = self.end_of_one_around(at) {
            at = end;
        }
        at
    }

    fn end_of_one_around(&mut self, at: Duration) -> Option<Duration> {
        let scripted =
            self.scripted.iter().find(|(start, end)| (*start..*end).contains(&at)).map(|stall| stall.1);
        scripted.or_else(|| self.random.as_mut()?.end_of_one_around(at))
    }
}

impl RandomStalls {
    fn next(&mut self) {
        let (number, _, before) = self.current;
        let gap = random_time(self.every.saturating_mul(2), self.seed, Purpose::Stall, number);
        // Two stalls that touch would be one.
        let start = before.saturating_add(gap.max(Duration::from_nanos(1)));
        self.current = (number + 1, start, start.saturating_add(self.length));
    }

    fn end_of_one_around(&mut self, at: Duration) -> Option<Duration> {
        while self.current.2 <= at && self.current.2 < Duration::MAX {
            self.next();
        }
        (self.current.1..self.current.2).contains(&at).then_some(self.current.2)
    }
}
