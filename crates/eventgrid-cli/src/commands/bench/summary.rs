//! What is printed in the end.

use std::io::{self, Write};

use serde::Serialize;

use super::meter::{Latencies, Meter};
use crate::output::Record;

/// What was measured of one operation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    operation: &'static str,
    events: u64,
    failed: u64,
    requests: u64,
    seconds: f64,
    events_per_second: f64,
    /// Of requests; of a round trip, of each event.
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_milliseconds: Option<Latencies>,
    /// Events that were received more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicates: Option<u64>,
    /// Events of others, which were released.
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<u64>,
}

impl Summary {
    /// What a meter has measured.
    pub(super) fn new(meter: &Meter) -> Self {
        let seconds = meter.elapsed().as_secs_f64();
        Self {
            operation: meter.operation(),
            events: meter.events(),
            failed: meter.failed(),
            requests: meter.requests(),
            seconds: rounded(seconds, 1000.0),
            events_per_second: rate(meter.events(), seconds),
            latency_milliseconds: meter.latencies(),
            duplicates: None,
            others: None,
        }
    }

    /// The same with what else was received.
    pub(super) fn with_others(mut self, duplicates: u64, others: u64) -> Self {
        self.duplicates = Some(duplicates);
        self.others = Some(others);
        self
    }
}

/// How many in a second, to a tenth.
#[expect(clippy::cast_precision_loss, reason = "nobody counts so many events")]
pub(super) fn rate(events: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { rounded(events as f64 / seconds, 10.0) } else { 0.0 }
}

fn rounded(number: f64, by: f64) -> f64 {
    (number * by).round() / by
}

impl Record for Summary {
    const COLUMNS: &'static [&'static str] = &[
        "OPERATION",
        "EVENTS",
        "FAILED",
        "REQUESTS",
        "SECONDS",
        "EVENTS/S",
        "P50 MS",
        "P90 MS",
        "P99 MS",
        "P99.9 MS",
        "MAX MS",
    ];

    fn cells(&self) -> Vec<String> {
        let latency = |of: fn(&Latencies) -> f64| {
            self.latency_milliseconds.as_ref().map(|all| format!("{:.3}", of(all))).unwrap_or_default()
        };
        vec![
            self.operation.to_owned(),
            self.events.to_string(),
            self.failed.to_string(),
            self.requests.to_string(),
            format!("{:.3}", self.seconds),
            format!("{:.1}", self.events_per_second),
            latency(|all| all.p50),
            latency(|all| all.p90),
            latency(|all| all.p99),
            latency(|all| all.p999),
            latency(|all| all.max),
        ]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{:.1}", self.events_per_second)
    }
}
