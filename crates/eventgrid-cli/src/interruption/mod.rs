//! Signals that ask the program to end.
//!
//! Here belongs how they are caught. What a command finishes before it ends is the command's.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crate::failure::{Failure, FailureKind};

/// How long a command may go on after the first signal until its requests are ended. With what is
/// left to do then, it ends within two seconds.
const GRACE: Duration = Duration::from_secs(1);

/// Knows whether the program was asked to end. Clones know the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interruption(Arc<AtomicU8>);

const INTERRUPTED: u8 = 1;
const TERMINATED: u8 = 2;

impl Interruption {
    /// Watches from now on, on a thread of its own. `end_requests` is called a second after the
    /// first signal, or at the second one.
    ///
    /// # Errors
    /// [`Failure`] if signals cannot be caught.
    pub(crate) fn watch(end_requests: impl FnOnce() + Send + 'static) -> Result<Self, Failure> {
        let state = Self::default();
        let failed = |error: io::Error| Failure::local("cannot catch signals", &error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let mut signals = {
            let _inside = runtime.enter();
            Signals::catch().map_err(failed)?
        };
        let watched = state.clone();
        let watch = move || {
            runtime.block_on(async {
                watched.0.store(signals.next().await, Ordering::SeqCst);
                tokio::select! {
                    _ = signals.next() => {}
                    () = tokio::time::sleep(GRACE) => {}
                }
            });
            end_requests();
        };
        thread::Builder::new().name("signals".to_owned()).spawn(watch).map_err(failed)?;
        Ok(state)
    }

    /// Why the program ends, once it was asked to.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(failure_of(signal)),
        }
    }
}

fn failure_of(signal: u8) -> Failure {
    match signal {
        TERMINATED => Failure::new(FailureKind::Terminated, "terminated"),
        _ => Failure::new(FailureKind::Interrupted, "interrupted"),
    }
}

/// The signals that are caught.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Waits for a signal: why the program ends.
    pub(crate) async fn failure(&mut self) -> Failure {
        failure_of(self.next().await)
    }
}

#[cfg(unix)]
impl Signals {
    /// Catches them from now on. Within a runtime of tokio.
    ///
    /// # Errors
    /// That of the operating system.
    pub(crate) fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            // They cannot be caught, so they end the program by themselves.
            std::future::pending::<()>().await;
        }
        INTERRUPTED
    }
}
