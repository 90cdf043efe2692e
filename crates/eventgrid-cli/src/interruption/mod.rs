//! Signals that ask the program to end.
//!
//! This module covers how they are caught, and how they end what a blocking command waits for. What
//! a command finishes before it ends is the command's.

mod signals;

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use eventgrid::{Environment, Sleep, Std};

pub(crate) use self::signals::Signals;
use crate::failure::{Failure, FailureKind};

/// How long requests may go on after the first signal. With what is left to do then, the program
/// ends within two seconds.
const GRACE: Duration = Duration::from_secs(1);

/// Knows whether the program was asked to end. Clones know the same.
///
/// It is also the environment of blocking clients: once the program was asked to end, they do not
/// sleep between attempts any more.
#[derive(Clone, Default)]
pub(crate) struct Interruption(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Why the program ends.
    signal: Option<FailureKind>,
    end_requests: Vec<Box<dyn FnOnce() + Send>>,
}

impl Interruption {
    /// Watches from now on, on a thread of its own.
    ///
    /// # Errors
    /// [`Failure`] if signals cannot be caught.
    pub(crate) fn watch() -> Result<Self, Failure> {
        let interruption = Self::default();
        let failed = |error: io::Error| Failure::local("cannot catch signals", &error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let mut signals = {
            let _inside = runtime.enter();
            Signals::catch().map_err(failed)?
        };
        let watched = interruption.clone();
        let watch = move || {
            runtime.block_on(async {
                watched.interrupt(signals.next().await);
                tokio::select! {
                    _ = signals.next() => {}
                    () = tokio::time::sleep(GRACE) => {}
                }
            });
            watched.end_requests();
        };
        thread::Builder::new().name("signals".to_owned()).spawn(watch).map_err(failed)?;
        Ok(interruption)
    }

    /// Calls that a second after the first signal, or at the second one: it ends all requests.
    pub(crate) fn when_time_is_over(&self, end_requests: impl FnOnce() + Send + 'static) {
        self.state().end_requests.push(Box::new(end_requests));
    }

    /// Why the program ends, once it was asked to.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.state().signal.map(|kind| Failure::new(kind, signals::name(kind)))
    }

    /// Asks the program to end, as a signal does.
    pub(crate) fn interrupt(&self, signal: FailureKind) {
        self.state().signal = Some(signal);
        self.0.changed.notify_all();
    }

    fn end_requests(&self) {
        let ends = std::mem::take(&mut self.state().end_requests);
        for end in ends {
            end();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Environment for Interruption {
    fn unix_time(&self) -> Option<Duration> {
        Std.unix_time()
    }

    fn uptime(&self) -> Duration {
        Std.uptime()
    }

    fn random(&self) -> u64 {
        Std.random()
    }
}

impl Sleep for Interruption {
    fn sleep(&self, duration: Duration) {
        let waited =
            self.0.changed.wait_timeout_while(self.state(), duration, |state| state.signal.is_none());
        // Who has panicked meanwhile has changed nothing that matters here.
        drop(waited);
    }
}

impl fmt::Debug for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interruption").field("signal", &self.state().signal).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_ends_with_the_program() {
        let interruption = Interruption::default();
        interruption.sleep(Duration::ZERO);
        assert!(interruption.failure().is_none());
        let sleeper = interruption.clone();
        let asleep = thread::spawn(move || sleeper.sleep(Duration::MAX / 4));
        interruption.interrupt(FailureKind::Terminated);
        asleep.join().unwrap();
        assert_eq!(interruption.failure().map(|failure| failure.kind()), Some(FailureKind::Terminated));
    }
}
