//! The signals themselves.

use std::io;

use crate::failure::{Failure, FailureKind};

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
        let kind = self.next().await;
        Failure::new(kind, name(kind))
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

    pub(super) async fn next(&mut self) -> FailureKind {
        tokio::select! {
            _ = self.interrupt.recv() => FailureKind::Interrupted,
            _ = self.terminate.recv() => FailureKind::Terminated,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Elsewhere there is nothing to prepare.
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {})
    }

    pub(super) async fn next(&mut self) -> FailureKind {
        if tokio::signal::ctrl_c().await.is_err() {
            // They cannot be caught, so they end the program by themselves.
            std::future::pending::<()>().await;
        }
        FailureKind::Interrupted
    }
}

/// What the signal of that kind does to the program, in one word.
pub(super) fn name(kind: FailureKind) -> &'static str {
    if kind == FailureKind::Terminated { "terminated" } else { "interrupted" }
}
