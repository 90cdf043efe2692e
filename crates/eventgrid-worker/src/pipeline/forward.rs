//! One event on its way through a pipeline.

use std::sync::Arc;

use async_lock::Semaphore;
use eventgrid::calls::OutgoingEvent;
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, ReleaseDelay};

use crate::batcher::{Batcher, PublishError, SendError};
use crate::processor::{BoxError, ProcessorEvent, ProcessorHandle, ProcessorStop, Verdict};

/// The parts of a pipeline that its events share.
pub(super) struct Forward<T: AsyncTransport, E, C, K, S, F>(Arc<Parts<T, E, C, K, S, F>>);

struct Parts<T: AsyncTransport, E, C, K, S, F> {
    batcher: Batcher<T, E, C, K, S>,
    transform: F,
    transforms: Semaphore,
    stops: Option<ProcessorHandle>,
}

impl<T: AsyncTransport, E, C, K, S, F> Clone for Forward<T, E, C, K, S, F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: AsyncTransport, E, C, K, S, F> Forward<T, E, C, K, S, F> {
    pub(super) fn new(
        batcher: Batcher<T, E, C, K, S>,
        transform: F,
        transforms: usize,
        stops: Option<ProcessorHandle>,
    ) -> Self {
        Self(Arc::new(Parts { batcher, transform, transforms: Semaphore::new(transforms), stops }))
    }
}

impl<T, E, C, K, S, F, R, I, X> Forward<T, E, C, K, S, F>
where
    T: AsyncTransport<Error: Send + Sync>,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
    F: Fn(ProcessorEvent) -> R,
    R: Future<Output = Result<I, X>>,
    I: IntoIterator<Item: OutgoingEvent<Schema = S>>,
    X: Into<BoxError>,
{
    pub(super) async fn handle(&self, event: ProcessorEvent) -> Result<Verdict, BoxError> {
        let Parts { batcher, transform, transforms, .. } = &*self.0;
        // The verdict on an event whose lock is lost is not sent, so any will do.
        let lost = Verdict::Release(ReleaseDelay::NoDelay);
        let results = {
            let _permit = transforms.acquire().await;
            // Without its lock, the event is delivered again, or already was.
            if event.lock_loss().is_some() {
                return Ok(lost);
            }
            transform(event.clone()).await.map_err(Into::into)?
        };
        if event.lock_loss().is_some() {
            return Ok(lost);
        }
        let mut deliveries = Vec::new();
        for result in results {
            match batcher.send(&result).await {
                Ok(delivery) => deliveries.push(delivery),
                Err(SendError::Closed) => return Ok(self.hold(&event).await),
                Err(error) => return Err(error.into()),
            }
        }
        for delivery in deliveries {
            match delivery.await {
                Ok(()) => {}
                Err(PublishError::Stopped { .. }) => return Ok(self.hold(&event).await),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Verdict::Acknowledge)
    }

    /// Keeps an event when no more can be published. If it were released, it would be delivered
    /// again and again, and dead-lettered in the end. So it is kept until the run ends or its lock
    /// does.
    async fn hold(&self, event: &ProcessorEvent) -> Verdict {
        if let Some(handle) = &self.0.stops {
            handle.stop(ProcessorStop::Release);
        }
        event.lock_lost().await;
        Verdict::Release(ReleaseDelay::NoDelay)
    }
}
