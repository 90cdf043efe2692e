//! Time, sleep and random values for a program on embassy-time.

use core::cell::Cell;
use core::fmt;
use core::time::Duration;

use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_time::{Instant, Timer};
use eventgrid::{Environment, SendAsyncSleep};

/// The environment of a program on embassy-time. A reference to it is an environment, too, so that
/// the client and the transport can share it.
///
/// ```
/// use core::time::Duration;
/// use eventgrid_reqwless::eventgrid::Environment;
/// use eventgrid_reqwless::Embassy;
///
/// static ENVIRONMENT: Embassy = Embassy::new();
///
/// ENVIRONMENT.seed(0x5eed_f00d); // of the hardware's random number generator
/// assert_eq!(ENVIRONMENT.unix_time(), None);
/// ENVIRONMENT.set_unix_time(Duration::from_secs(1_790_000_000)); // of a time server
/// assert!(ENVIRONMENT.unix_time().is_some());
/// ```
pub struct Embassy {
    state: Mutex<CriticalSectionRawMutex, Cell<State>>,
}

#[derive(Clone, Copy)]
struct State {
    /// The unix time when the device was started, if it is known.
    started: Option<Duration>,
    random_state: u64,
}

impl Embassy {
    /// An environment that does not know the time yet, and whose random values are always the same.
    pub const fn new() -> Self {
        Self { state: Mutex::new(Cell::new(State { started: None, random_state: 0 })) }
    }

    /// Sets the seed of the random numbers. Each device needs a seed of its own, and a different
    /// one after each start. Otherwise request ids would repeat, and all devices would retry at the
    /// same moments.
    pub fn seed(&self, seed: u64) {
        self.change(|state| state.random_state = seed);
    }

    /// Sets the current time, as the time since 1970-01-01T00:00:00Z. From then on it follows the
    /// clock of embassy-time; set it again from time to time.
    pub fn set_unix_time(&self, time: Duration) {
        self.change(|state| state.started = time.checked_sub(self.uptime()));
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.state.lock(|cell| {
            let mut state = cell.get();
            let result = change(&mut state);
            cell.set(state);
            result
        })
    }
}

impl Default for Embassy {
    fn default() -> Self {
        Self::new()
    }
}

impl Environment for Embassy {
    fn unix_time(&self) -> Option<Duration> {
        self.change(|state| state.started)?.checked_add(self.uptime())
    }

    fn uptime(&self) -> Duration {
        Duration::from_micros(Instant::now().as_micros())
    }

    /// `SplitMix64`: each seed gives another sequence, in which no number comes twice.
    fn random(&self) -> u64 {
        let mut number = self.change(|state| {
            state.random_state = state.random_state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            state.random_state
        });
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }
}

impl SendAsyncSleep for Embassy {
    async fn sleep(&self, duration: Duration) {
        // It is rounded up, and at most 34 years, since embassy-time multiplies it by the ticks of
        // its clock.
        let seconds = u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
        let micros = u64::from(seconds) * 1_000_000 + u64::from(duration.subsec_nanos().div_ceil(1000));
        Timer::after_micros(micros.min(u64::MAX >> 14)).await;
    }
}

impl fmt::Debug for Embassy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embassy").field("unix_time", &self.unix_time()).finish_non_exhaustive()
    }
}
