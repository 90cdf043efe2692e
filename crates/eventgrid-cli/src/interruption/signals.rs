//! The signals themselves.

use std::io;

use crate::failure::{Failure, FailureKind};

/// The signals that are caught.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// None where it stays as it is: whoever has started the program by `nohup` wants it to go on.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
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
        let hang_up = may_catch_hang_up().then(|| signal(SignalKind::hangup())).transpose()?;
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hang_up })
    }

    pub(super) async fn next(&mut self) -> FailureKind {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => FailureKind::Interrupted,
            _ = self.terminate.recv() => FailureKind::Terminated,
            _ = hang_up => FailureKind::HungUp,
        }
    }
}

/// Whether `SIGHUP` was not ignored when the program began. To catch it would end that, too.
#[cfg(target_os = "linux")]
fn may_catch_hang_up() -> bool {
    // One bit for each signal, of which `SIGHUP` is the first.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|ignored| u64::from_str_radix(ignored.trim(), 16).ok()).is_some_and(|bits| bits & 1 == 0)
}

/// Elsewhere only code that is not safe can find out whether it is ignored, so it is left alone.
#[cfg(all(unix, not(target_os = "linux")))]
fn may_catch_hang_up() -> bool {
    false
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
    match kind {
        FailureKind::Terminated => "terminated",
        FailureKind::HungUp => "hung up",
        _ => "interrupted",
    }
}
