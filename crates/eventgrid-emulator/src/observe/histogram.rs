//! How often something took how long.

use std::time::Duration;

/// The upper bounds, in microseconds and in seconds as they are shown.
const BOUNDS: [(u64, &str); 9] = [
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (20_000, "0.02"),
    (100_000, "0.1"),
];

/// Durations, counted by their upper bounds.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// Those within each bound and above the one before.
    counts: [u64; BOUNDS.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    pub(super) fn add(&mut self, duration: Duration) {
        let within = |bound: u64| duration <= Duration::from_micros(bound);
        if let Some(index) = BOUNDS.iter().position(|(bound, _)| within(*bound)) {
            self.counts[index] += 1;
        }
        self.count += 1;
        self.sum += duration;
    }

    /// How many took no longer than each bound, which is shown in seconds.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let sums = self.counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        BOUNDS.iter().map(|(_, shown)| *shown).zip(sums).chain([("+Inf", self.count)])
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn sum(&self) -> Duration {
        self.sum
    }
}
