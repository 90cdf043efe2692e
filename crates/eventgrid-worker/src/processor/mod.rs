//! The processor: receives events, has them handled, and settles them.

mod backoff;
mod deliveries;
mod event;
mod event_loop;
mod failure;
mod handle;
mod handler;
mod handling;
mod lock;
#[cfg(feature = "metrics")]
mod metrics;
mod notice;
mod options;
mod polled_subscription;
mod run;
mod running_handler;
mod settling;
mod span;
mod stats;
mod verdict;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Consumer, Error, RequestError};

pub use self::event::ProcessorEvent;
pub use self::failure::{EventFailure, FailureCause};
pub use self::handle::{ProcessorHandle, ProcessorStop};
pub use self::handler::Handler;
pub use self::handling::Handling;
pub use self::lock::LockLoss;
pub use self::notice::{NoticeLevel, ProcessorNotice};
pub use self::options::OnRefusal;
pub use self::stats::ProcessorStats;
pub use self::verdict::{BoxError, IntoVerdict, Verdict};

use self::handle::Shared;
use self::options::Options;
use crate::spawn::{Inline, Spawner};

/// Receives events from subscriptions, hands each to a handler, and settles it by the handler's
/// verdict.
///
/// Each event that it receives is given to the handler at once; no more are asked for than there is
/// room for, and no more than come in a third of a lock, see
/// [`ReceivePace`](eventgrid::ReceivePace). While the handler runs, the lock of its event is
/// renewed. When it has ended, and not before, the event is settled. What happens to an event is
/// thus **at least once**: it may be handled again when its lock was lost, or when the response to
/// a settling call was.
///
/// ```no_run
/// use std::time::Duration;
/// use eventgrid::{AccessKey, Subscription};
/// use eventgrid_hyper::Consumer;
/// use eventgrid_worker::{BoxError, ProcessorEvent, Processor};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let namespace = "https://my-namespace.westeurope-1.eventgrid.azure.net";
/// let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
/// let consumer = Consumer::new(client, Subscription::new(namespace, "orders", "billing")?);
///
/// let processor = Processor::new(consumer).concurrency(16).event_timeout(Duration::from_secs(300));
/// processor.run(|event: ProcessorEvent| async move {
///     let order: serde_json::Value = event.data().deserialize()?;
///     println!("{}: {order}", event.id());
///     Ok::<_, BoxError>(())
/// }).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until it is run"]
pub struct Processor<T: AsyncTransport, E, C, S = Inline> {
    consumers: Vec<Consumer<T, E, C>>,
    options: Options<T::Error>,
    spawner: S,
    shared: Arc<Shared>,
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> Processor<T, E, C> {
    /// A processor of a subscription.
    pub fn new(consumer: Consumer<T, E, C>) -> Self {
        let consumers = vec![single_attempts(consumer)];
        Self { consumers, options: Options::new(), spawner: Inline, shared: Arc::default() }
    }
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential, S> Processor<T, E, C, S> {
    /// Receives from one more subscription. All of them share the limits, and a quiet one leaves
    /// its share to the others, but for the one place that its poll needs: let the
    /// [concurrency](Self::concurrency) be well above the number of subscriptions.
    /// [`ProcessorEvent::subscription`] tells where an event came from. Time and sleep are those of
    /// the first one's client.
    pub fn and(mut self, consumer: Consumer<T, E, C>) -> Self {
        self.consumers.push(single_attempts(consumer));
        self
    }

    /// How many handlers run at once, at least 1. Default: 32.
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.options.concurrency = handlers.max(1);
        self
    }

    /// How many locks are held at once: those of events that are being handled, and of those whose
    /// verdict is on its way to the service. At least 1. Default: the
    /// [concurrency](Self::concurrency) and one [settling call](Self::settle_together).
    pub fn max_locks(mut self, locks: usize) -> Self {
        self.options.max_locks = Some(locks.max(1));
        self
    }

    /// How many bytes the events may have whose locks are held. While they have as many or more, no
    /// more are asked for; the events of the receives under way come on top. Default: 64 MiB.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// How long a receive waits for an event, 10 to 120 seconds. [`ProcessorStop::Finish`] may have
    /// to wait as long. Default: 10 seconds.
    ///
    /// # Errors
    /// [`RequestError::MaxWaitTime`] if the service would refuse that.
    pub fn receive_wait(mut self, wait: Duration) -> Result<Self, RequestError> {
        self.options.receive_wait = wait;
        self.options.polling().check()?;
        Ok(self)
    }

    /// How long a handler may take. After that it is dropped, and the [policy](Self::on_failure)
    /// decides about its event. Default: as long as it takes.
    ///
    /// A task that computes can be dropped only where it next waits for something. Until then it
    /// counts as running, its lock is renewed, so that nobody else is given the event, and
    /// [`ProcessorEvent::lock_loss`] is [`LockLoss::TimedOut`].
    pub fn event_timeout(mut self, timeout: Duration) -> Self {
        self.options.event_timeout = Some(timeout);
        self
    }

    /// How often an event may be delivered. One that was delivered more often is poison: no handler
    /// is given it, and the [policy](Self::on_failure) decides about it. Default: as often as the
    /// subscription allows.
    pub fn max_deliveries(mut self, deliveries: u32) -> Self {
        self.options.max_deliveries = Some(deliveries);
        self
    }

    /// How long a lock lasts: the receive lock duration of the subscription, which no response
    /// tells. Locks are renewed after half of it. Default: 60 seconds, the service's own.
    pub fn lock_duration(mut self, duration: Duration) -> Self {
        self.options.locks.duration = duration;
        self
    }

    /// For how long a lock is renewed, from when it was first given. Default: one hour, the most
    /// that the service allows.
    pub fn max_lock_renewal(mut self, time: Duration) -> Self {
        self.options.locks.max_renewal = time;
        self
    }

    /// How many verdicts go into one call, at least 1, and how long one waits for others at the
    /// most. Default: 100, 50 ms.
    ///
    /// They do not wait when the run ends, or when there is room for no more events, and never for
    /// longer than a quarter of the [lock duration](Self::lock_duration). That also bounds the wait
    /// after a settling call failed, whatever the service asks for.
    pub fn settle_together(mut self, verdicts: usize, delay: Duration) -> Self {
        self.options.gathering.count = verdicts.max(1);
        self.options.gathering.delay = delay;
        self
    }

    /// What to do when the service refuses a receive. Default: [`OnRefusal::EndAtStart`].
    pub fn on_refusal(mut self, reaction: OnRefusal) -> Self {
        self.options.on_refusal = reaction;
        self
    }

    /// Decides about an event without a verdict: its handler failed, panicked or took too long, or
    /// it is poison or malformed. Default: [`EventFailure::default_verdict`], which also stands in
    /// for a policy that panics.
    ///
    /// ```
    /// # use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, ReleaseDelay};
    /// use eventgrid_worker::{FailureCause, EventFailure, Processor, Verdict};
    ///
    /// # fn example<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(processor: Processor<T, E, C>) -> Processor<T, E, C> {
    /// processor.max_deliveries(5).on_failure(|failure: &EventFailure<'_>| match failure.cause {
    ///     FailureCause::Error(_) if failure.event.delivery_count() < 3 => Verdict::Release(ReleaseDelay::TenSeconds),
    ///     FailureCause::Error(_) => Verdict::Release(ReleaseDelay::TenMinutes),
    ///     _ => failure.default_verdict(),
    /// })
    /// # }
    /// ```
    pub fn on_failure(
        mut self,
        policy: impl Fn(&EventFailure<'_>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        self.options.on_failure = Box::new(policy);
        self
    }

    /// Is told what happens, for logs and metrics. It is called in the middle of the run, so it
    /// must return soon; its panics are ignored.
    pub fn on_notice(
        mut self,
        hook: impl Fn(&ProcessorNotice<'_, T::Error>) + Send + Sync + 'static,
    ) -> Self {
        self.options.on_notice = Some(Box::new(hook));
        self
    }

    /// Records how long the handling of each event took, by an instrument of that meter:
    /// `messaging.process.duration`, in seconds, as
    /// [OpenTelemetry's conventions for messaging][conventions] have it. Its `error.type` is
    /// `Error`, `Panicked` or `TimedOut`. What the clients do is recorded by
    /// [`Client::meter`](eventgrid::Client::meter). Default: no meter.
    ///
    /// [conventions]: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
    #[cfg(feature = "metrics")]
    pub fn meter(mut self, meter: &opentelemetry::metrics::Meter) -> Self {
        self.options.metrics = Some(metrics::ProcessMetrics::new(meter));
        self
    }

    /// Where handlers run. Default: [`Inline`], within the future of the run.
    ///
    /// With `Tokio` (feature `tokio`) each is a task of its own, on any thread: one that computes
    /// for long delays neither the others nor the renewal of locks. Dropped for a time-out or a
    /// stop, such a handler ends where it next waits.
    pub fn spawner<S2>(self, spawner: S2) -> Processor<T, E, C, S2> {
        let Self { consumers, options, shared, .. } = self;
        Processor { consumers, options, spawner, shared }
    }

    /// Stops and watches the run, from anywhere.
    pub fn handle(&self) -> ProcessorHandle {
        ProcessorHandle(Arc::clone(&self.shared))
    }

    /// Receives, handles and settles until it is [stopped](ProcessorHandle::stop), and tells what
    /// it has done.
    ///
    /// Errors of the network and the service do not end it: it repeats the call, ever more slowly,
    /// and [reports](Self::on_notice) each attempt that failed. The clients' own retry policies
    /// count only by their [total](eventgrid::RetryPolicy::total): an attempt takes no longer.
    /// Dropping the future ends everything at once, as [`ProcessorStop::Abandon`] does.
    ///
    /// # Errors
    /// [`Error`] if the service refuses to let it receive, see [`on_refusal`](Self::on_refusal).
    pub async fn run<H: Handler>(self, handler: H) -> Result<ProcessorStats, Error<'static, T::Error>>
    where
        S: Spawner<Handling<H::Future>>,
    {
        event_loop::run_until_over(&self.consumers, &self.options, &self.shared, &self.spawner, &handler)
            .await?;
        Ok(*self.shared.stats())
    }
}

/// The consumer without retries by its client: the run repeats calls itself, with fewer events
/// where that helps, and reports each attempt.
fn single_attempts<T, E, C>(consumer: Consumer<T, E, C>) -> Consumer<T, E, C> {
    consumer.map_client(|client| {
        let policy = client.retry_policy();
        client.retry(policy.with_max_retries(0))
    })
}

impl<T: AsyncTransport, E, C, S: fmt::Debug> fmt::Debug for Processor<T, E, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subscriptions: Vec<_> = self.consumers.iter().map(Consumer::subscription).collect();
        f.debug_struct("Processor")
            .field("subscriptions", &subscriptions)
            .field("options", &self.options)
            .field("spawner", &self.spawner)
            .finish_non_exhaustive()
    }
}
