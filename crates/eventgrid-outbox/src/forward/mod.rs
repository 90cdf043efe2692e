//! Publishes what an outbox has.
//!
//! Events go from the file into a batcher, in the order in which they were put, and what the
//! batcher reports goes back to the file. When something fails that may pass, no more is handed
//! over, all that is under way is awaited, and after a while everything begins anew with the oldest
//! event.

mod failure;
mod feed;
mod unsettled;

use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport};
use eventgrid_worker::BatcherBuilder;
use futures_util::future::join;

use self::feed::Feed;
use crate::shared::Shared;

/// Publishes until the outbox is closed and all that was handed over is reported.
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
