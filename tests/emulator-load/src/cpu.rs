//! Processor time, in which other work of the machine does not count.

use std::fs;
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

/// The processor time of the thread of this process that has that name.
pub(crate) fn of_thread(name: &str) -> Duration {
    let threads = fs::read_dir("/proc/self/task").expect("this is Linux");
    let read = |path: &std::path::Path, file: &str| fs::read_to_string(path.join(file)).unwrap_or_default();
    let thread = threads.flatten().map(|entry| entry.path()).find(|path| {
        // The system keeps 15 bytes of a name.
        let comm = read(path, "comm");
        !comm.trim().is_empty() && name.starts_with(comm.trim())
    });
    let statistics = read(&thread.expect("it runs"), "schedstat");
    let nanoseconds = statistics.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number comes first"))
}
