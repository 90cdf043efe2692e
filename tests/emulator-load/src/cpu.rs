//! Processor time, so that what else the machine does is not counted.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Counts the processor time of this thread.
pub(crate) struct Timer(Duration);

impl Timer {
    pub(crate) fn start() -> Self {
        Self(of_this_thread())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        of_this_thread().saturating_sub(self.0)
    }
}

fn of_this_thread() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("the clock is there").into()
}
