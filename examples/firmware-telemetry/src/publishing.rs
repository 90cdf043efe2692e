//! Publishing what waits in the queue.

use embassy_time::{Duration, Timer};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Buf, Publisher};

use crate::{BATCH_EVENTS, Device};

/// How often the queue is looked at: what was measured meanwhile goes in one request.
const PERIOD: Duration = Duration::from_millis(500);

impl Device<'_> {
    /// Publishes what was queued, again and again.
    pub(crate) async fn publish<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
        &self,
        publisher: &Publisher<T, E, C>,
        tx: &mut [u8],
        rx: &mut [u8],
    ) {
        loop {
            self.publish_queued(publisher, tx, rx).await;
            Timer::after(PERIOD).await;
        }
    }

    /// Publishes what is queued, until nothing is left or something fails.
    pub(crate) async fn publish_queued<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
        &self,
        publisher: &Publisher<T, E, C>,
        tx: &mut [u8],
        rx: &mut [u8],
    ) {
        while !self.queue.borrow().is_empty() {
            let batch = self.queue.borrow().oldest::<BATCH_EVENTS>();
            // Why it failed is of no use to a device alone: whatever it is, the readings wait for a
            // better time.
            let (tx, mut rx) = (&mut Buf::new(tx), Buf::new(rx));
            if publisher.send_in(&batch.events[..], tx, &mut rx).await.is_err() {
                return;
            }
            self.queue.borrow_mut().accepted(&batch);
            self.count(|totals| &mut totals.published, u32::try_from(batch.events.len()).unwrap_or(u32::MAX));
        }
    }
}
