//! Sends what was buffered: the future that does the work.

use std::collections::HashSet;
use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_listener::Event as Signal;
use eventgrid::calls::EncodedEvent;
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Error, Publisher};
use futures_util::future::select;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::DeliveryError;
use super::buffer::{Batch, Buffer, Receipt};
use super::delivery::{Key, Listeners, Pending};

/// What the handles and the run share.
pub(super) struct Shared<T: AsyncTransport, E, C, K, S> {
    pub(super) publisher: Publisher<T, E, C, K>,
    pub(super) buffer: Mutex<Buffer<T::Error, S>>,
    pub(super) listeners: Arc<Listeners<T::Error, S>>,
    pub(super) max_in_flight: usize,
    pub(super) continue_after_failure: bool,
    /// There is something to send, or a new moment to send something.
    pub(super) wanted: Signal,
    /// There is room, or none will come.
    pub(super) room: Signal,
    /// Something was reported, or the run has ended.
    pub(super) reported: Signal,
    /// Whose turn it is to wait for room.
    pub(super) turn: async_lock::Mutex<()>,
}

impl<T: AsyncTransport, E, C, K, S> Shared<T, E, C, K, S> {
    pub(super) fn buffer(&self) -> MutexGuard<'_, Buffer<T::Error, S>> {
        // Nothing of anybody else's runs while it is locked.
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a state of the buffer that a report brings.
    pub(super) async fn until(&self, reached: impl Fn(&Buffer<T::Error, S>) -> bool) {
        loop {
            let reported = self.reported.listen();
            if reached(&self.buffer()) {
                return;
            }
            reported.await;
        }
    }

    /// Everything of a batch is reported.
    pub(super) fn finish(&self, receipt: Receipt) {
        self.buffer().finish(receipt);
        self.reported.notify(usize::MAX);
    }

    pub(super) fn close(&self) {
        self.buffer().close();
        self.wanted.notify(usize::MAX);
        self.room.notify(usize::MAX);
    }
}

/// Reports what is left when the run ends, however it ends.
pub(super) struct Stop<T: AsyncTransport, E, C, K, S>(pub(super) Arc<Shared<T, E, C, K, S>>);

impl<T: AsyncTransport, E, C, K, S> Drop for Stop<T, E, C, K, S> {
    fn drop(&mut self) {
        let left = self.0.buffer().stop();
        drop(left);
        self.0.buffer().stopped();
        self.0.room.notify(usize::MAX);
        self.0.reported.notify(usize::MAX);
    }
}

impl<T, E, C, K, S> Shared<T, E, C, K, S>
where
    T: AsyncTransport,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    /// Sends until it was closed and everything is reported.
    pub(super) async fn run(&self) {
        let environment = self.publisher.client().environment();
        let mut requests = FuturesUnordered::new();
        loop {
            let wanted = self.wanted.listen();
            let now = environment.uptime();
            while requests.len() < self.max_in_flight {
                let Some(batch) = self.buffer().take_due(now) else { break };
                self.room.notify(1);
                requests.push(self.publish(batch));
            }
            let due_at = {
                let buffer = self.buffer();
                if buffer.is_drained() {
                    return;
                }
                buffer.due_at().filter(|_| requests.len() < self.max_in_flight)
            };
            let due = async {
                match due_at {
                    Some(due_at) => environment.sleep(due_at.saturating_sub(now)).await,
                    None => pending().await,
                }
            };
            let answered = async {
                if requests.next().await.is_none() {
                    pending::<()>().await;
                }
            };
            select(wanted, select(pin!(due), pin!(answered))).await;
        }
    }

    /// Sends a batch in as many requests as the service wants, and reports each of its events.
    async fn publish(&self, batch: Batch<T::Error, S>) {
        let mut parts = vec![batch.events];
        while let Some(mut part) = parts.pop() {
            for event in &mut part {
                event.may_have_been_sent = true;
            }
            self.listeners.counters.count_request();
            let events: Vec<&EncodedEvent<S>> = part.iter().map(|event| &event.event).collect();
            match self.publisher.send(&events[..]).await {
                Ok(()) => {
                    for event in part {
                        event.report(Ok(()));
                    }
                }
                Err(error) if part.len() > 1 && is_for_some_events(&error) => {
                    let acted_on = error.may_have_been_acted_on();
                    for event in &mut part {
                        event.may_have_been_sent = acted_on;
                    }
                    let second = part.split_off(part.len() / 2);
                    parts.extend([second, part]);
                }
                Err(error) => {
                    let error = DeliveryError::Failed(Arc::new(error));
                    // Who hears of the failure may resume the key at once.
                    let paused = self.pause(&part, &mut parts);
                    for event in part {
                        event.report(Err(error.clone()));
                    }
                    for event in paused {
                        event.report(Err(DeliveryError::Paused));
                    }
                }
            }
        }
        self.finish(batch.receipt);
    }

    /// Lets no later event overtake those that failed. Gives the ones that would have, to be reported.
    fn pause(
        &self,
        failed: &[Pending<T::Error, S>],
        parts: &mut [Vec<Pending<T::Error, S>>],
    ) -> Vec<Pending<T::Error, S>> {
        let mut paused = Vec::new();
        if self.continue_after_failure {
            return paused;
        }
        let keys: HashSet<&Key> = failed.iter().filter_map(|event| event.key.as_ref()).collect();
        {
            let mut buffer = self.buffer();
            for key in &keys {
                paused.extend(buffer.pause(key));
            }
        }
        self.room.notify(1);
        for part in parts {
            let (overtaking, rest) = std::mem::take(part)
                .into_iter()
                .partition(|event| event.key.as_ref().is_some_and(|key| keys.contains(key)));
            *part = rest;
            paused.splice(..0, overtaking);
        }
        paused
    }
}

/// Whether some of the events may be accepted where all together were not: the request is too large, or the service
/// refuses the whole of it for the sake of one (400).
fn is_for_some_events<X>(error: &Error<'_, X>) -> bool {
    error.is_too_large() || error.status() == Some(400)
}
