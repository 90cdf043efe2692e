//! The result of a run.

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::AnyError;

pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Prints a line: who did what to how many events, in which time, and what it took of the processor and of memory.
    pub(crate) fn report(&self, name: &str, workload: &str, events: usize) -> Result<(), AnyError> {
        let wall = self.0.elapsed().as_secs_f64();
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let microseconds = |time: nix::sys::time::TimeVal| {
            let seconds = i32::try_from(time.tv_sec()).map_or(f64::MAX, f64::from);
            seconds * 1e6 + i32::try_from(time.tv_usec()).map_or(0.0, f64::from)
        };
        let cpu = microseconds(usage.user_time()) + microseconds(usage.system_time());
        let count = f64::from(u32::try_from(events)?);
        println!(
            "{name} {workload} events={events} wall={wall:.3}s events/s={:.0} cpu_us/event={:.2} maxrss_mb={}",
            count / wall,
            cpu / count,
            usage.max_rss() / 1024
        );
        Ok(())
    }
}
