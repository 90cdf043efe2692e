//! An environment in which sleeping takes no time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventgrid::{Environment, Sleep};

/// Moves its clock instead of sleeping, and records for how long. Its random numbers are always 0,
/// so that a delay is the shortest one of its range.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    slept: Vec<Duration>,
    meanwhile: Option<Box<dyn FnOnce() + Send>>,
}

impl Recorder {
    /// How long each sleep was.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).slept.clone()
    }

    /// What happens during the first sleep.
    pub(crate) fn meanwhile(&self, happen: impl FnOnce() + Send + 'static) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).meanwhile = Some(Box::new(happen));
    }
}

impl Environment for Recorder {
    fn unix_time(&self) -> Option<Duration> {
        Some(Duration::from_secs(784_111_777) + self.uptime())
    }

    fn uptime(&self) -> Duration {
        self.slept().iter().sum()
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Sleep for Recorder {
    fn sleep(&self, duration: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.slept.push(duration);
        if let Some(happen) = state.meanwhile.take() {
            happen();
        }
    }
}
