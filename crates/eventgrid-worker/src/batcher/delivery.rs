//! One event on its way: buffered, sent, reported once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use eventgrid::calls::EncodedEvent;
use futures_channel::oneshot;

use super::PublishError;
use super::stats::Counters;

/// The key of an event. Events with the same key are published in the order in which they were
/// handed over.
pub(super) type Key = Arc<str>;

/// The hook of [`on_report`](super::BatcherBuilder::on_report).
pub(super) type OnReport<X, S> = Box<dyn Fn(&EncodedEvent<S>, Result<(), &PublishError<X>>) + Send + Sync>;

/// The listeners to every report.
pub(super) struct Listeners<X, S> {
    pub(super) counters: Counters,
    pub(super) on_report: Option<OnReport<X, S>>,
}

/// A future of the outcome of an event that a [`Batcher`](super::Batcher) took.
///
/// It is ready when the service has stored the event, or when it is certain that this batcher will
/// not publish it. Dropping it does not affect the event.
#[must_use = "the event may not be published"]
pub struct PublishReport<X>(oneshot::Receiver<Result<(), PublishError<X>>>);

impl<X> Future for PublishReport<X> {
    type Output = Result<(), PublishError<X>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The sender reports before it is dropped, so this is not reached.
        let silence = Err(PublishError::Stopped { may_have_been_sent: true });
        Pin::new(&mut self.0).poll(context).map(|report| report.unwrap_or(silence))
    }
}

impl<X> fmt::Debug for PublishReport<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublishReport")
    }
}

/// An event that was handed over and is not reported yet. It is reported once: by its owner, or
/// else when it is dropped.
pub(super) struct Pending<X, S> {
    pub(super) event: EncodedEvent<S>,
    pub(super) key: Option<Key>,
    /// Its number among all events that were handed over.
    pub(super) sequence: u64,
    /// When it was handed over.
    pub(super) since: Duration,
    /// Whether a request with it may have left.
    pub(super) may_have_been_sent: bool,
    report_to: Option<oneshot::Sender<Result<(), PublishError<X>>>>,
    listeners: Arc<Listeners<X, S>>,
}

impl<X, S> Pending<X, S> {
    pub(super) fn new(
        event: EncodedEvent<S>,
        key: Option<Key>,
        sequence: u64,
        since: Duration,
        listeners: &Arc<Listeners<X, S>>,
    ) -> (Self, PublishReport<X>) {
        let (sender, receiver) = oneshot::channel();
        let pending = Self {
            event,
            key,
            sequence,
            since,
            may_have_been_sent: false,
            report_to: Some(sender),
            listeners: Arc::clone(listeners),
        };
        (pending, PublishReport(receiver))
    }

    /// Its size as JSON.
    pub(super) fn bytes(&self) -> usize {
        super::size(&self.event)
    }

    pub(super) fn report(mut self, outcome: Result<(), PublishError<X>>) {
        self.report_once(outcome);
    }

    fn report_once(&mut self, outcome: Result<(), PublishError<X>>) {
        let Some(report_to) = self.report_to.take() else { return };
        self.listeners.counters.count(&outcome);
        // A hook that panics while another panic unwinds would end the process.
        let on_report = self.listeners.on_report.as_ref().filter(|_| !std::thread::panicking());
        let hook = || on_report.map(|on_report| on_report(&self.event, outcome.as_ref().copied()));
        let heard = catch_unwind(AssertUnwindSafe(hook));
        // Nobody may be waiting for it any more.
        let _ = report_to.send(outcome);
        if let Err(panic) = heard {
            resume_unwind(panic);
        }
    }
}

impl<X, S> Drop for Pending<X, S> {
    fn drop(&mut self) {
        self.report_once(Err(PublishError::Stopped { may_have_been_sent: self.may_have_been_sent }));
    }
}
