//! One event on its way through a pipeline.

use std::sync::Arc;

use async_lock::Semaphore;
use eventgrid::calls::Event as OutgoingEvent;
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, ReleaseDelay};

use crate::{Batcher, BoxError, Event, SendError, Verdict};

/// What the events of a pipeline share.
pub(super) struct Forward<T: AsyncTransport, E, C, K, S, F>(Arc<Parts<T, E, C, K, S, F>>);

struct Parts<T: AsyncTransport, E, C, K, S, F> {
    batcher: Batcher<T, E, C, K, S>,
    transform: F,
    transforms: Semaphore,
    release_delay: ReleaseDelay,
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
        release_delay: ReleaseDelay,
    ) -> Self {
        Self(Arc::new(Parts { batcher, transform, transforms: Semaphore::new(transforms), release_delay }))
    }
}

impl<T, E, C, K, S, F, R, I, X> Forward<T, E, C, K, S, F>
where
    T: AsyncTransport,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
    F: Fn(Event) -> R,
    R: Future<Output = Result<I, X>>,
    I: IntoIterator<Item: OutgoingEvent<Schema = S>>,
    X: Into<BoxError>,
{
    pub(super) async fn handle(&self, event: Event) -> Result<Verdict, BoxError> {
        let Parts { batcher, transform, transforms, release_delay } = &*self.0;
        let release = Verdict::Release(*release_delay);
        let results = {
            let _permit = transforms.acquire().await;
            // Without its lock the event comes again, or is with someone else already.
            if event.lock_loss().is_some() {
                return Ok(release);
            }
            transform(event.clone()).await.map_err(Into::into)?
        };
        if event.lock_loss().is_some() {
            return Ok(release);
        }
        let mut deliveries = Vec::new();
        for result in results {
            match batcher.send(&result).await {
                Ok(delivery) => deliveries.push(delivery),
                Err(error @ (SendError::Invalid(_) | SendError::TooLarge { .. })) => return Err(error.into()),
                Err(SendError::Full | SendError::Paused | SendError::Closed) => return Ok(release),
            }
        }
        for delivery in deliveries {
            if delivery.await.is_err() {
                return Ok(release);
            }
        }
        Ok(Verdict::Acknowledge)
    }
}
