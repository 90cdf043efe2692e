//! The clock of a scenario, which stands still until it is moved.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventgrid::{Environment, Sleep};
use eventgrid_emulator::UnixTime;

/// When it begins: 2024-06-01 00:00 UTC.
const START: Duration = Duration::from_secs(1_717_200_000);

/// A clock that the client and the service share.
#[derive(Clone, Default)]
pub(super) struct Clock(Arc<Mutex<Duration>>);

impl Clock {
    pub(super) fn now(&self) -> UnixTime {
        UnixTime::from_duration(START + *self.elapsed())
    }

    pub(super) fn advance(&self, time: Duration) {
        *self.elapsed() += time;
    }

    fn elapsed(&self) -> MutexGuard<'_, Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Environment for Clock {
    fn unix_time(&self) -> Option<Duration> {
        Some(self.now().as_duration())
    }

    fn uptime(&self) -> Duration {
        *self.elapsed()
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Sleep for Clock {
    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}
