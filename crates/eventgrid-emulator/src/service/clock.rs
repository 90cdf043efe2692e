//! How the time of an emulator follows the time that it is told: at its pace, or not at all while
//! it is stopped.

use std::time::Duration;

use super::Emulator;
#[cfg(feature = "data")]
use super::save::StoredClock;
use crate::time::UnixTime;

/// The time of an emulator, beside the time that it is told. It never goes back but when a snapshot
/// is restored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    /// A moment that it was told, and which one of its own that is.
    told: UnixTime,
    own: UnixTime,
    is_stopped: bool,
    /// The latest moment that it was told.
    latest: UnixTime,
    /// Whether it was moved, and what is due by that is not done yet.
    is_moved: bool,
}

/// The state of an emulator's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockState {
    /// The emulator's time. It is used for locks, delays, times to live, wait times and the end of
    /// signatures.
    pub time: UnixTime,
    /// The real time: that of the machine, for a server.
    pub base: UnixTime,
    /// Whether it is stopped.
    pub is_stopped: bool,
}

impl Clock {
    /// What time it is when that is the time outside.
    fn at(&mut self, told: UnixTime) -> UnixTime {
        self.latest = self.latest.max(told);
        self.now()
    }

    fn now(&self) -> UnixTime {
        if self.is_stopped { self.own } else { self.own + self.latest.saturating_since(self.told) }
    }

    /// When, outside, a moment comes; `None` if it does not come by itself.
    fn outside(&self, own: UnixTime) -> Option<UnixTime> {
        if own <= self.now() {
            Some(self.latest.min(self.told + own.saturating_since(self.own)))
        } else if self.is_stopped {
            None
        } else {
            Some(self.told + own.saturating_since(self.own))
        }
    }

    fn set(&mut self, own: UnixTime, is_stopped: bool) {
        *self = Self { told: self.latest, own, is_stopped, ..*self };
    }
}

#[cfg(feature = "data")]
impl Clock {
    /// `None` as long as it does no more than follow the time outside.
    pub(super) fn state_to_save(&self) -> Option<StoredClock> {
        let Self { told, own, is_stopped, .. } = *self;
        let is_set = (told, own, is_stopped) != (UnixTime::default(), UnixTime::default(), false);
        is_set.then(|| StoredClock { told: told.as_duration(), own: own.as_duration(), is_stopped })
    }

    pub(super) fn restore(&mut self, stored: StoredClock) {
        let [told, own] = [stored.told, stored.own].map(UnixTime::from_duration);
        *self =
            Self { told, own, is_stopped: stored.is_stopped, latest: self.latest.max(told), is_moved: false };
    }
}

impl Emulator {
    /// Takes the time outside to that of the emulator.
    pub(super) fn tell_time(&mut self, outside: UnixTime) -> UnixTime {
        self.clock.at(outside)
    }

    pub(super) fn outside_time(&self, own: UnixTime) -> Option<UnixTime> {
        self.clock.outside(own)
    }

    /// The state of its clock.
    pub(crate) fn clock(&self) -> ClockState {
        ClockState { time: self.clock.now(), base: self.clock.latest, is_stopped: self.clock.is_stopped }
    }

    /// Lets its clock stand still: no lock ends and no wait is over until it is moved or started.
    pub(crate) fn stop_clock(&mut self) {
        self.clock.set(self.clock.now(), true);
    }

    /// Lets its clock go on from where it is.
    pub(crate) fn start_clock(&mut self) {
        self.clock.set(self.clock.now(), false);
    }

    /// Moves its clock forward, whether or not it stands still. What ends by that ends with the
    /// next [`advance`](Self::advance) or request.
    pub(crate) fn advance_clock(&mut self, duration: Duration) {
        self.clock.set(self.clock.now() + duration, self.clock.is_stopped);
        self.clock.is_moved = true;
    }

    /// Whether its clock was moved, and what is due by that is not done yet.
    pub(crate) fn is_moved(&self) -> bool {
        self.clock.is_moved
    }

    /// Lets time pass as [`advance_by`](Self::advance_by) does after its clock was moved, but stops
    /// at each moment at which events are to be pushed again. Returns whether more is due.
    pub(crate) fn advance_moved(&mut self, outside: UnixTime, max_steps: usize) -> bool {
        let now = self.tell_time(outside);
        let is_more_due = self.pass_time(now, max_steps, true);
        self.clock.is_moved = is_more_due;
        is_more_due
    }

    /// Sets its clock to any moment, as part of a whole state.
    pub(super) fn set_clock(&mut self, time: UnixTime, is_stopped: bool) {
        self.clock.set(time, is_stopped);
        self.clock.is_moved = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_secs(seconds)
    }

    #[test]
    fn time_goes_by_what_it_is_told_until_it_is_stopped_and_from_there_when_it_is_started() {
        let mut clock = Clock::default();
        assert_eq!(clock.at(at(100)), at(100));
        assert_eq!(clock.at(at(90)), at(100), "never back");
        clock.set(clock.now(), true);
        assert_eq!((clock.at(at(200)), clock.outside(at(101))), (at(100), None));
        clock.set(clock.now() + Duration::from_secs(7), true);
        assert_eq!(clock.at(at(300)), at(107));
        assert!(clock.outside(at(107)).unwrap() <= at(300), "it is there");
        clock.set(clock.now(), false);
        assert_eq!((clock.at(at(310)), clock.outside(at(120))), (at(117), Some(at(313))));
    }
}
