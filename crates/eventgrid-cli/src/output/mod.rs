//! What goes to stdout, which is data and nothing else, in the form that the user asks for.
//!
//! This module covers the forms and how records are written in each of them. What a record has is
//! the command's to say; messages go to stderr by `failure` or by the command itself.

mod format;
mod records;
mod table;

pub(crate) use self::format::OutputFormat;
pub(crate) use self::records::{Record, RecordWriter};
pub(crate) use self::table::shortened;

use std::future;
use std::io;

#[cfg(target_os = "linux")]
use tokio::io::{Interest, unix::AsyncFd};

use crate::failure::{Failure, FailureKind};

/// Why stdout could not be written.
pub(crate) fn cannot_write(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::new(FailureKind::ClosedPipe, "stdout was closed")
    } else {
        Failure::local("cannot write to stdout", error)
    }
}

/// Waits until whoever reads stdout has closed it; without this, only the next write would show it.
/// Where it cannot be told, as of a file, this waits forever.
#[allow(deprecated, reason = "what is to be used instead needs a newer tokio; stdout stays open")]
pub(crate) async fn stdout_closed() -> Failure {
    #[cfg(target_os = "linux")]
    if let Ok(stdout) = AsyncFd::with_interest(io::stdout(), Interest::ERROR) {
        while let Ok(mut readiness) = stdout.ready(Interest::ERROR).await {
            if readiness.ready().is_error() {
                return cannot_write(&io::ErrorKind::BrokenPipe.into());
            }
            readiness.clear_ready();
        }
    }
    future::pending().await
}
