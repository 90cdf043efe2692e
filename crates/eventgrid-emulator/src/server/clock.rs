//! What time it is.

use std::time::{Duration, Instant, SystemTime};

use crate::time::UnixTime;

/// The longest sleep. A machine that was suspended is late by its timers by so much at most.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// The wall clock, but never backwards: where that was set back, time goes on from where it was.
#[derive(Debug)]
pub(super) struct Clock {
    latest: UnixTime,
    read_at: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { latest: wall_time(), read_at: Instant::now() }
    }

    pub(super) fn now(&mut self) -> UnixTime {
        self.read(wall_time(), Instant::now())
    }

    fn read(&mut self, wall: UnixTime, monotonic: Instant) -> UnixTime {
        let elapsed = monotonic.saturating_duration_since(self.read_at);
        self.latest = wall.max(self.latest + elapsed);
        self.read_at = monotonic;
        self.latest
    }

    /// How long to sleep until `moment`, or until it is time to look at the clock again.
    pub(super) fn until(&mut self, moment: UnixTime) -> Duration {
        moment.saturating_since(self.now()).min(LONGEST_SLEEP)
    }
}

/// The wall clock as it is, for what is shown alone.
pub(crate) fn wall_time() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_duration(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_wall_clock_forward_and_never_goes_back() {
        let start = Instant::now();
        let at = UnixTime::from_secs;
        let mut clock = Clock { latest: at(1000), read_at: start };
        let second = Duration::from_secs(1);
        assert_eq!(clock.read(at(1001), start + second), at(1001));
        assert_eq!(clock.read(at(5000), start + 2 * second), at(5000), "after a suspend");
        assert_eq!(clock.read(at(1003), start + 3 * second), at(5001), "set back, it goes on");
        assert_eq!(clock.read(at(1003), start + 3 * second), at(5001));
    }
}
