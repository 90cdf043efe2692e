//! The processor: receives events, lets a handler handle them, and settles them.

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

/// Receives events from subscriptions, passes each to a handler, and settles it by the handler's
/// verdict.
///
/// Each received event goes to the handler at once: a receive asks for no more events than can be
/// handled now, and for no more than arrive within a third of a lock's time, see
/// [`ReceivePace`](eventgrid::ReceivePace). While the handler runs, the lock of its event is
/// renewed. The event is settled when the handler has ended, and not before. Events are thus
/// handled **at least once**: an event may be handled again if its lock was lost, or if the
/// response to a settling call was.
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
    /// A processor that receives from one subscription.
    pub fn new(consumer: Consumer<T, E, C>) -> Self {
        let consumers = vec![single_attempts(consumer)];
        Self { consumers, options: Options::new(), spawner: Inline, shared: Arc::default() }
    }
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential, S> Processor<T, E, C, S> {
    /// Receives from one more subscription. All subscriptions share the limits. One without events
    /// leaves its share to the others, except for the one event for which its receive keeps room,
    /// so set the [concurrency](Self::concurrency) well above the number of subscriptions.
    /// [`ProcessorEvent::subscription`] says where an event came from. The environment of the first
    /// consumer's client is used for time and sleep.
    pub fn and(mut self, consumer: Consumer<T, E, C>) -> Self {
        self.consumers.push(single_attempts(consumer));
        self
    }

    /// How many handlers may run at once, at least 1. Default: 32.
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.options.concurrency = handlers.max(1);
        self
    }

    /// How many locks may be held at once, at least 1: those of events that are being handled, and
    /// those of events whose verdict has not yet reached the service. Default: the
    /// [concurrency](Self::concurrency) plus the verdicts of one [settling
    /// call](Self::settle_together).
    pub fn max_locks(mut self, locks: usize) -> Self {
        self.options.max_locks = Some(locks.max(1));
        self
    }

    /// How many bytes the events whose locks are held may have together, at least 1. When they
    /// reach this size, no receive begins until it is less again. The events of receives in
    /// progress may exceed it. Default: 64 MiB.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes.max(1);
        self
    }

    /// How long a receive waits for events, 10 to 120 seconds. [`ProcessorStop::Finish`] may have
    /// to wait this long. Default: 10 seconds.
    ///
    /// # Errors
    /// [`RequestError::MaxWaitTime`] if the service would refuse this time.
    pub fn receive_wait(mut self, wait: Duration) -> Result<Self, RequestError> {
        self.options.receive_wait = wait;
        self.options.polling().check()?;
        Ok(self)
    }

    /// How long a handler may take. After that it is dropped, and the [policy](Self::on_failure)
    /// decides about its event. Default: no limit.
    ///
    /// A task that computes can be dropped only where it next waits for something. Until then it
    /// counts as running, [`ProcessorEvent::lock_loss`] is [`LockLoss::TimedOut`], and the lock is
    /// renewed so that no other consumer gets the event.
    pub fn event_timeout(mut self, timeout: Duration) -> Self {
        self.options.event_timeout = Some(timeout);
        self
    }

    /// How often an event may be delivered. An event that was delivered more often is poison: no
    /// handler gets it, and the [policy](Self::on_failure) decides about it. Default: as often as
    /// the subscription allows.
    pub fn max_deliveries(mut self, deliveries: u32) -> Self {
        self.options.max_deliveries = Some(deliveries);
        self
    }

    /// How long a lock lasts. Set it to the receive lock duration of the subscription, which no
    /// response contains. Locks are renewed after half of it. Default: 60 seconds, which is the
    /// service's default.
    pub fn lock_duration(mut self, duration: Duration) -> Self {
        self.options.locks.duration = duration;
        self
    }

    /// For how long a lock is renewed, counted from when the event was received. Default: one hour,
    /// the most that the service allows.
    pub fn max_lock_renewal(mut self, time: Duration) -> Self {
        self.options.locks.max_renewal = time;
        self
    }

    /// How many verdicts go into one settling call, at least 1, and how long a verdict waits for
    /// others at most. Default: 100 verdicts and 50 ms.
    ///
    /// Verdicts do not wait when the run ends or when the limits leave no room for more events.
    /// They never wait longer than a quarter of the [lock duration](Self::lock_duration). This also
    /// limits the wait after a settling call failed, whatever the service asks for.
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

    /// Sets the policy, which decides about an event without a verdict: its handler failed,
    /// panicked or took too long, or the event is poison or malformed. Default:
    /// [`EventFailure::default_verdict`], which is also used if the policy panics.
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

    /// Calls `hook` with everything that happens, for logs and metrics. It is called within
    /// the run, so it must return soon. Its panics are ignored.
    pub fn on_notice(
        mut self,
        hook: impl Fn(&ProcessorNotice<'_, T::Error>) + Send + Sync + 'static,
    ) -> Self {
        self.options.on_notice = Some(Box::new(hook));
        self
    }

    /// Records how long the handling of each event took, by an instrument of this meter:
    /// `messaging.process.duration`, in seconds, as [OpenTelemetry's conventions for
    /// messaging][conventions] have it. Its `error.type` is `Error`, `Panicked` or `TimedOut`. What
    /// the clients do is recorded by [`Client::meter`](eventgrid::Client::meter). Default: no
    /// meter.
    ///
    /// [conventions]: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
    #[cfg(feature = "metrics")]
    pub fn meter(mut self, meter: &opentelemetry::metrics::Meter) -> Self {
        self.options.metrics = Some(metrics::ProcessMetrics::new(meter));
        self
    }

    /// Where handlers run. Default: [`Inline`], within the future of the run.
    ///
    /// With `Tokio` (feature `tokio`), each handler is a task of its own, on any thread: one that
    /// computes for long delays neither the others nor the renewal of locks. If it is dropped after
    /// a time-out or by a stop, it ends where it next waits for something.
    pub fn spawner<S2>(self, spawner: S2) -> Processor<T, E, C, S2> {
        let Self { consumers, options, shared, .. } = self;
        Processor { consumers, options, spawner, shared }
    }

    /// Returns a handle to stop and watch the run from elsewhere.
    pub fn handle(&self) -> ProcessorHandle {
        ProcessorHandle(Arc::clone(&self.shared))
    }

    /// Receives, handles and settles events until it is [stopped](ProcessorHandle::stop), and
    /// returns the counts of what it has done.
    ///
    /// Errors of the network and the service do not end it: it retries the call after waits that
    /// grow, and [reports](Self::on_notice) each failed attempt. Of the clients' own retry policies
    /// only the [total](eventgrid::RetryPolicy::total) applies: it limits each attempt. Dropping
    /// the future ends everything at once, as [`ProcessorStop::Abandon`] does.
    ///
    /// # Errors
    /// The [`Error`] of a receive that the service refused, if [`on_refusal`](Self::on_refusal)
    /// says that this ends the run.
    pub async fn run<H: Handler>(self, handler: H) -> Result<ProcessorStats, Error<'static, T::Error>>
    where
        S: Spawner<Handling<H::Future>>,
    {
        event_loop::run_until_over(&self.consumers, &self.options, &self.shared, &self.spawner, &handler)
            .await?;
        Ok(*self.shared.stats())
    }
}

/// The consumer without retries by its client. The run retries calls itself, with fewer events
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
