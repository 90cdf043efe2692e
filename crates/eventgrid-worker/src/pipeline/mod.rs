//! From one topic to another: what is received, transformed and published is acknowledged after
//! that.

mod forward;

use std::fmt;

use eventgrid::calls::OutgoingEvent;
use eventgrid::target::{Accepts, CloudEvents, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, NamespaceTopic};

use crate::batcher::Batcher;
use crate::processor::{BoxError, Handler, ProcessorEvent, ProcessorHandle, Verdict};

use self::forward::Forward;

/// Makes a [`Handler`] that transforms each event and publishes what comes of it, and has the event
/// acknowledged when all of that was accepted by the service.
///
/// It connects a [`Processor`](crate::Processor) with a [`Batcher`]; how events are received,
/// judged and stopped is the one's to say, how they are published the other's. The processor's
/// [concurrency](crate::Processor::concurrency) is how many events there may be between being
/// received and being accepted; so make it several times as large as a request should be. How many
/// of them are transformed at once is [`transforms`](Self::transforms).
///
/// ```no_run
/// use eventgrid_hyper::{Consumer, Publisher};
/// use eventgrid_worker::eventgrid::{AccessKey, CloudEvent, NamespaceTopic, Subscription};
/// use eventgrid_worker::{Batcher, BoxError, ProcessorEvent, Pipeline, Processor};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let namespace = "https://my-namespace.westeurope-1.eventgrid.azure.net";
/// let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
/// let publisher = Publisher::new(client.clone(), NamespaceTopic::new(namespace, "invoices")?);
/// let consumer = Consumer::new(client, Subscription::new(namespace, "orders", "billing")?);
///
/// let (batcher, publishing) = Batcher::builder(publisher).build();
/// let processor = Processor::new(consumer).concurrency(1000);
/// let pipeline = Pipeline::new(batcher).stops(processor.handle()).transforms(16).handler(|order: ProcessorEvent| async move {
///     let total: f64 = order.data().deserialize()?;
///     let invoice = CloudEvent::new(order.id().to_string(), "/billing", "Invoiced");
///     Ok::<_, BoxError>((total > 0.0).then_some(invoice))
/// });
/// let (stats, ()) = tokio::join!(processor.run(pipeline), publishing);
/// # stats?;
/// # Ok(())
/// # }
/// ```
///
/// # What becomes of an event
/// - Everything that came of it was accepted, or nothing came of it: it is acknowledged.
/// - Its transform failed, or something that came of it would be refused or was not published: the
///   processor's [policy](crate::Processor::on_failure) decides, given the
///   [`SendError`](crate::SendError) or [`PublishError`](crate::PublishError) as
///   [`FailureCause::Error`](crate::FailureCause::Error). By default it is released for ten
///   seconds, and will be transformed again. Other things that came of it may then be published
///   twice.
/// - The batcher was closed, or its run has ended: the run of the processor is stopped if the
///   pipeline [knows it](Self::stops), and the event released; otherwise the event is held until
///   its lock ends, and comes again then.
///
/// # When the target is down
/// Each time that an event is released costs it a delivery, and the subscription dead-letters or
/// drops it after its maximum delivery count. So an event outlasts an outage of about the release
/// delay times that count: 100 seconds for ten deliveries and the default policy's ten seconds.
/// Choose a policy that releases for longer:
///
/// ```
/// use eventgrid_worker::eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, ReleaseDelay};
/// use eventgrid_worker::{FailureCause, EventFailure, Processor, Verdict};
///
/// # fn example<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(processor: Processor<T, E, C>) -> Processor<T, E, C> {
/// processor.on_failure(|failure: &EventFailure<'_>| match failure.cause {
///     FailureCause::Error(_) => Verdict::Release(ReleaseDelay::TenMinutes),
///     _ => failure.default_verdict(),
/// })
/// # }
/// ```
///
/// # How it ends
/// When the run of the processor ends, in whatever way it is
/// [stopped](crate::ProcessorHandle::stop), the handler is dropped, and with it the batcher if
/// there is no other handle. Its run then publishes what it still has, and ends too.
/// `ProcessorStop::Finish` loses no work: no more is received, what was received is transformed,
/// published, and acknowledged; for that it may wait as long as the batcher's
/// [`max_delay`](crate::BatcherBuilder::max_delay).
#[must_use = "it does nothing without its handler"]
pub struct Pipeline<T: AsyncTransport, E, C, K = NamespaceTopic<'static>, S = CloudEvents> {
    batcher: Batcher<T, E, C, K, S>,
    transforms: usize,
    stops: Option<ProcessorHandle>,
}

impl<T, E, C, K, S> Pipeline<T, E, C, K, S>
where
    T: AsyncTransport<Error: Send + Sync>,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    /// A pipeline that publishes through that batcher.
    ///
    /// With a handle that has a [key](Batcher::keyed), the batcher should be told to
    /// [continue after a failure](crate::BatcherBuilder::continue_after_failure), or events are
    /// released until someone resumes the key.
    pub fn new(batcher: Batcher<T, E, C, K, S>) -> Self {
        Self { batcher, transforms: 32, stops: None }
    }

    /// How many events are transformed at once, at least 1. Default: 32.
    pub fn transforms(mut self, transforms: usize) -> Self {
        self.transforms = transforms.max(1);
        self
    }

    /// Stops the run of that processor, by
    /// [`ProcessorStop::Release`](crate::ProcessorStop::Release), when the batcher was closed or
    /// its run has ended. Default: what was received is held until its locks end, and no more is
    /// received than the processor has room for.
    pub fn stops(mut self, processor: ProcessorHandle) -> Self {
        self.stops = Some(processor);
        self
    }

    /// The handler to run a processor with. The transform gives what to publish: an `Option`, a
    /// `Vec` or anything else that can be iterated over, of events of the batcher's schema.
    pub fn handler<F, R, I, X>(
        self,
        transform: F,
    ) -> impl Handler<Future = impl Future<Output = Result<Verdict, BoxError>>>
    where
        F: Fn(ProcessorEvent) -> R,
        R: Future<Output = Result<I, X>>,
        I: IntoIterator<Item: OutgoingEvent<Schema = S>>,
        X: Into<BoxError>,
    {
        let forward = Forward::new(self.batcher, transform, self.transforms, self.stops);
        move |event: ProcessorEvent| {
            let forward = forward.clone();
            async move { forward.handle(event).await }
        }
    }
}

impl<T: AsyncTransport, E, C, K, S> fmt::Debug for Pipeline<T, E, C, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("batcher", &self.batcher)
            .field("transforms", &self.transforms)
            .field("stops", &self.stops)
            .finish()
    }
}
