//! Publishes the events of an outbox.
//!
//! Events go from the file into a batcher, in the order in which they were put, and the outcomes
//! that the batcher reports go back to the file. After a transient failure, no more events are
//! handed over until all that are being sent are reported. After a wait, forwarding begins again
//! with the oldest event.

mod failure;
mod feed;
mod unsettled;

use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport};
use eventgrid_worker::BatcherBuilder;
use futures_util::future::join;

use self::feed::Feed;
use crate::shared::Shared;

/// Publishes until the outbox is closed and all events that were handed over are reported.
pub(crate) async fn forward<T, E, C, K, S>(shared: &Shared, batcher: BatcherBuilder<T, E, C, K, S>)
where
    T: AsyncTransport<Error: 'static>,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    let (batcher, publishing) = batcher.build();
    let feeding = async {
        Feed::new(shared, &batcher).run().await;
        batcher.close().await;
    };
    join(publishing, feeding).await;
}
