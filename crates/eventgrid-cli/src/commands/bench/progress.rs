//! What is shown while it runs.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use super::meter::Meter;
use super::summary::rate;
use crate::messages::print;

/// Shows how far a run is, on stderr: each second on a terminal, and each ten seconds elsewhere.
/// Forever.
pub(super) async fn show(meter: &Meter) {
    let is_terminal = io::stderr().is_terminal();
    let period = Duration::from_secs(if is_terminal { 1 } else { 10 });
    let mut ticks = interval_at(Instant::now() + period, period);
    let _cleared = Cleared(is_terminal);
    let mut before = 0;
    loop {
        ticks.tick().await;
        let events = meter.events();
        let now = rate(events - before, period.as_secs_f64());
        before = events;
        let latency = meter.latencies().map(|all| format!(", p99 {:.1} ms", all.p99)).unwrap_or_default();
        let failed = match meter.failed() {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        let line = format!("{}: {events} events, {now:.0}/s{latency}{failed}", meter.operation());
        if is_terminal {
            print(format_args!("\r{line}\u{1b}[K"));
        } else {
            message!("{line}");
        }
    }
}

/// Removes the line at the end.
struct Cleared(bool);

impl Drop for Cleared {
    fn drop(&mut self) {
        if self.0 {
            print(format_args!("\r\u{1b}[K"));
        }
    }
}
