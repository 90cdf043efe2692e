//! How fast events are sent, if that is limited.

use std::time::Duration;

/// So many events a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(u32);

/// How many requests a second are made of events that come fast enough.
const REQUESTS_A_SECOND: u32 = 10;

impl Pace {
    /// That many events a second, at least one.
    pub(super) fn new(events_a_second: u32) -> Self {
        Self(events_a_second.max(1))
    }

    /// How many events a request has at most, so that they do not come in bursts.
    pub(super) fn max_events(self) -> usize {
        (self.0 / REQUESTS_A_SECOND).max(1) as usize
    }

    /// How long to wait before more are sent, if so many were within that time.
    pub(super) fn wait(self, sent: u64, elapsed: Duration) -> Duration {
        let due = Duration::from_secs(sent / u64::from(self.0))
            + Duration::from_secs(sent % u64::from(self.0)) / self.0;
        due.saturating_sub(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sent_no_faster_than_they_may() {
        let pace = Pace::new(100);
        assert_eq!(pace.max_events(), 10);
        assert_eq!(pace.wait(0, Duration::ZERO), Duration::ZERO);
        assert_eq!(pace.wait(10, Duration::ZERO), Duration::from_millis(100));
        assert_eq!(pace.wait(250, Duration::from_secs(2)), Duration::from_millis(500));
        assert_eq!(pace.wait(250, Duration::from_secs(3)), Duration::ZERO);
        assert_eq!(Pace::new(0).wait(3, Duration::ZERO), Duration::from_secs(3));
        assert_eq!(Pace::new(1).max_events(), 1);
    }
}
