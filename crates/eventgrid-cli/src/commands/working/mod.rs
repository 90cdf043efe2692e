//! Commands that go on until they are stopped.
//!
//! This module covers their runtime, what they report, and how a signal ends them. What becomes of
//! an event is the command's.

use std::error::Error as StdError;
use std::time::Duration;

use eventgrid::{Error, TransportError};
use eventgrid_worker::{ProcessorHandle, ProcessorNotice, ProcessorStats, ProcessorStop};

use crate::failure::{Failure, in_words_of_arguments, one_line};
use crate::interruption::Signals;

/// How long handlers may go on after a signal. Then their events are released.
const HANDLING: Duration = Duration::from_millis(750);

/// How long releasing may take after that. With what is left to do then, the program ends within
/// two seconds.
const RELEASING: Duration = Duration::from_secs(1);

/// Runs a command on a runtime of its own, which has this thread alone.
///
/// # Errors
/// [`Failure`] of the command, or if there is no runtime.
pub(super) fn block_on(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::local("cannot start a runtime", &error))?;
    runtime.block_on(command)
}

/// Prints what went wrong in a run that goes on.
pub(super) fn report<X: StdError + 'static>(notice: &ProcessorNotice<'_, X>) {
    if notice.is_problem() {
        message!("warning: {}", in_words_of_arguments(&one_line(&notice.to_string())));
    }
}

/// Stops a run at a signal.
pub(super) struct StopAtSignal<'h, F> {
    handle: &'h ProcessorHandle,
    signals: Signals,
    stopping: F,
}

/// Catches signals from now on. At the first one, `stopping` is called.
///
/// # Errors
/// [`Failure`] if they cannot be caught.
pub(super) fn stop_at_signal<F: FnOnce()>(
    handle: &ProcessorHandle,
    stopping: F,
) -> Result<StopAtSignal<'_, F>, Failure> {
    let signals = Signals::catch().map_err(|error| Failure::local("cannot catch signals", &error))?;
    Ok(StopAtSignal { handle, signals, stopping })
}

impl<F: FnOnce()> StopAtSignal<'_, F> {
    /// Does what comes before a run, unless a signal comes.
    ///
    /// # Errors
    /// [`Failure`] of that, or that a signal has ended it.
    pub(super) async fn before(
        &mut self,
        work: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        tokio::select! {
            done = work => done,
            failure = self.signals.failure() => Err(failure),
        }
    }

    /// Waits for the end of a run. One that is stopped by a signal ends well, but is a failure.
    ///
    /// # Errors
    /// [`Failure`] of the run, or that a signal has stopped it.
    pub(super) async fn during<X: TransportError + StdError + 'static>(
        self,
        run: impl Future<Output = Result<ProcessorStats, Error<'static, X>>>,
    ) -> Result<ProcessorStats, Failure> {
        self.during_or(run, std::future::pending()).await
    }

    /// The same for a run that something else may end as well as a signal.
    ///
    /// # Errors
    /// [`Failure`] of the run, or why it was stopped.
    pub(super) async fn during_or<X: TransportError + StdError + 'static>(
        mut self,
        run: impl Future<Output = Result<ProcessorStats, Error<'static, X>>>,
        asked: impl Future<Output = Failure>,
    ) -> Result<ProcessorStats, Failure> {
        let mut run = std::pin::pin!(run);
        let failure = {
            let asked = std::pin::pin!(asked);
            tokio::select! {
                ran = &mut run => return Ok(ran?),
                failure = self.signals.failure() => failure,
                failure = asked => failure,
            }
        };
        (self.stopping)();
        let handle = self.handle;
        let stages = async {
            handle.stop(ProcessorStop::FinishNow);
            tokio::time::sleep(HANDLING).await;
            handle.stop(ProcessorStop::Release);
            tokio::time::sleep(RELEASING).await;
        };
        // What it did is counted, and the signal is the reason of the end in any case.
        tokio::select! {
            _ = &mut run => {}
            () = stages => {}
        }
        let stats = self.handle.stats();
        message!(
            "acknowledged {}, released {}, rejected {}, lost {}",
            stats.acknowledged,
            stats.released,
            stats.rejected,
            stats.lost + stats.settled_or_lost + stats.locks
        );
        Err(failure)
    }
}
