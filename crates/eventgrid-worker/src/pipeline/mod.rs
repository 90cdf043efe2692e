//! From one topic to another: events are received, transformed and published, and only then
//! acknowledged.

mod forward;

use std::fmt;

use eventgrid::calls::OutgoingEvent;
use eventgrid::target::{Accepts, CloudEvents, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, NamespaceTopic};

use crate::batcher::Batcher;
use crate::processor::{BoxError, Handler, ProcessorEvent, ProcessorHandle, Verdict};

use self::forward::Forward;

/// Makes a [`Handler`] that transforms each event into others and publishes these. The event is
/// acknowledged after the service has accepted all of them.
///
/// It connects a [`Processor`](crate::Processor), whose options say how events are received and
/// settled, with a [`Batcher`], whose options say how they are published. The processor's
/// [concurrency](crate::Processor::concurrency) limits how many events are received and not yet
/// published, so make it several times the number of events that a request should have.
/// [`transforms`](Self::transforms) limits how many are transformed at once.
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
/// - All events that it was transformed into were accepted, or there are none: it is acknowledged.
/// - The transform failed, or an event that it returned was not taken or not published: the
///   processor's [policy](crate::Processor::on_failure) decides. It gets the error of the
///   transform, the [`SendError`](crate::SendError) or the [`PublishError`](crate::PublishError) as
///   [`FailureCause::Error`](crate::FailureCause::Error). By default the event is released for ten
///   seconds, and transformed again later. Other events that it was transformed into may then be
///   published twice.
/// - The batcher was closed, or its run has ended: if the pipeline [knows the
///   processor](Self::stops), the run of the processor is stopped, and the event released.
///   Otherwise the event is kept until its lock expires, and is delivered again after that.
///
/// # When the target is down
/// Each release costs the event one delivery, and after its maximum delivery count the subscription
/// dead-letters or drops it. So an event survives an outage of about the release delay times that
/// count: 100 seconds with ten deliveries and the ten seconds of the default policy. Choose a
/// policy with a longer delay:
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
/// When the run of the processor ends, however it is [stopped](crate::ProcessorHandle::stop), the
/// handler is dropped, and the batcher with it if there is no other handle of it. The run of the
/// batcher then publishes the events that it still has, and ends too. `ProcessorStop::Finish` loses
/// no work: no more events are received, and those that were received are transformed, published
/// and acknowledged. This may take as long as the batcher's
/// [`max_delay`](crate::BatcherBuilder::max_delay) in addition.
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
    /// A pipeline that publishes through `batcher`.
    ///
    /// If the handle has a [key](Batcher::keyed), build the batcher with
    /// [`continue_after_failure`](crate::BatcherBuilder::continue_after_failure). Otherwise, after
    /// a failure, all events are released until the key is resumed.
    pub fn new(batcher: Batcher<T, E, C, K, S>) -> Self {
        Self { batcher, transforms: 32, stops: None }
    }

    /// How many events are transformed at once, at least 1. Default: 32.
    pub fn transforms(mut self, transforms: usize) -> Self {
        self.transforms = transforms.max(1);
        self
    }

    /// Stops the run of this processor, by
    /// [`ProcessorStop::Release`](crate::ProcessorStop::Release), when an event is to be published
    /// after the batcher was closed or its run has ended. Until such an event comes, the run goes
    /// on. Default: events that were received are kept until their locks expire, and no more are
    /// received than the processor has room for.
    pub fn stops(mut self, processor: ProcessorHandle) -> Self {
        self.stops = Some(processor);
        self
    }

    /// Returns the handler to run a processor with. The transform returns the events to publish,
    /// which have the batcher's schema: an `Option`, a `Vec` or anything else that can be iterated
    /// over.
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
