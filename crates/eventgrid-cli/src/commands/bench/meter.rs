//! What is measured.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::time::Instant;

use crate::failure::{FailureKind, one_line};

/// How exact latencies are: three digits.
const DIGITS: u8 = 3;

/// The longest latency that is told from longer ones.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Counts and latencies of one operation.
pub(super) struct Meter {
    operation: &'static str,
    began: Instant,
    ended: Cell<Option<Instant>>,
    events: Cell<u64>,
    failed: Cell<u64>,
    requests: Cell<u64>,
    /// In microseconds.
    latencies: RefCell<Option<Histogram<u64>>>,
    failure: RefCell<Option<(FailureKind, String)>>,
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Latencies {
    pub(super) min: f64,
    pub(super) mean: f64,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    #[serde(rename = "p99.9")]
    pub(super) p999: f64,
    pub(super) max: f64,
}

impl Meter {
    /// Measures from now on.
    pub(super) fn new(operation: &'static str) -> Self {
        Self {
            operation,
            began: Instant::now(),
            ended: Cell::new(None),
            events: Cell::new(0),
            failed: Cell::new(0),
            requests: Cell::new(0),
            // Its only error is a number of digits that it does not have.
            latencies: RefCell::new(Histogram::new(DIGITS).ok()),
            failure: RefCell::new(None),
        }
    }

    /// What is measured.
    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Counts a request.
    pub(super) fn request(&self) {
        self.requests.set(self.requests.get() + 1);
    }

    /// Counts events that went well.
    pub(super) fn succeed(&self, events: u64) {
        self.events.set(self.events.get() + events);
        self.ended.set(Some(Instant::now()));
    }

    /// Adds a latency.
    pub(super) fn latency(&self, latency: Duration) {
        let microseconds = u64::try_from(latency.min(LONGEST).as_micros()).unwrap_or(u64::MAX);
        if let Some(latencies) = &mut *self.latencies.borrow_mut() {
            // It grows with the latencies, which have a limit.
            let _ = latencies.record(microseconds.max(1));
        }
    }

    /// Counts events that failed. The first reason is kept.
    pub(super) fn fail(&self, events: u64, kind: FailureKind, reason: &str) {
        self.failed.set(self.failed.get() + events);
        self.failure.borrow_mut().get_or_insert_with(|| (kind, one_line(reason)));
    }

    pub(super) fn events(&self) -> u64 {
        self.events.get()
    }

    pub(super) fn failed(&self) -> u64 {
        self.failed.get()
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// Why the first events failed that did.
    pub(super) fn failure(&self) -> Option<(FailureKind, String)> {
        self.failure.borrow().clone()
    }

    /// The time until the last event that went well.
    pub(super) fn elapsed(&self) -> Duration {
        self.ended.get().unwrap_or_else(Instant::now).saturating_duration_since(self.began)
    }

    /// The latencies, if there are any.
    pub(super) fn latencies(&self) -> Option<Latencies> {
        let latencies = self.latencies.borrow();
        let latencies = latencies.as_ref().filter(|latencies| !latencies.is_empty())?;
        let at = |quantile| milliseconds(latencies.value_at_quantile(quantile));
        Some(Latencies {
            min: milliseconds(latencies.min()),
            mean: rounded(latencies.mean() / 1000.0),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: milliseconds(latencies.max()),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "it has three digits")]
fn milliseconds(microseconds: u64) -> f64 {
    rounded(microseconds as f64 / 1000.0)
}

/// To the microsecond.
fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn latencies_are_told_by_percentiles() {
        let meter = Meter::new("publish");
        assert_eq!(meter.latencies(), None);
        for milliseconds in 1..=1000 {
            meter.latency(Duration::from_millis(milliseconds));
        }
        let latencies = meter.latencies().unwrap();
        for (measured, exact) in [
            (latencies.min, 1.0),
            (latencies.mean, 500.5),
            (latencies.p50, 500.0),
            (latencies.p90, 900.0),
            (latencies.p99, 990.0),
            (latencies.p999, 999.0),
            (latencies.max, 1000.0),
        ] {
            assert!((measured / exact - 1.0_f64).abs() < 0.002, "{measured} is not {exact}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_ends_with_the_last_event() {
        let meter = Meter::new("publish");
        tokio::time::advance(Duration::from_secs(2)).await;
        meter.succeed(5);
        tokio::time::advance(Duration::from_secs(2)).await;
        meter.fail(1, FailureKind::Network, "first");
        meter.fail(1, FailureKind::Service, "second");
        assert_eq!((meter.events(), meter.failed()), (5, 2));
        assert_eq!(meter.elapsed(), Duration::from_secs(2));
        assert_eq!(meter.failure(), Some((FailureKind::Network, "first".to_owned())));
    }
}
