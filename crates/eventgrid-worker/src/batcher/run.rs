//! The run: the future that sends the buffered events.

use std::collections::HashSet;
use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event_listener::Event as Signal;
use eventgrid::calls::{Divisible, EncodedEvent, Publish};
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Error, Publisher};
use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::PublishError;
use super::buffer::{Batch, Buffer, Receipt};
use super::delivery::{Key, Listeners, Pending};

/// What the handles and the run share.
pub(super) struct Shared<T: AsyncTransport, E, C, K, S> {
    pub(super) publisher: Publisher<T, E, C, K>,
    pub(super) buffer: Mutex<Buffer<T::Error, S>>,
    pub(super) listeners: Arc<Listeners<T::Error, S>>,
    pub(super) max_in_flight: usize,
    pub(super) continue_after_failure: bool,
    /// There is something to send, or the time of the next sending has changed.
    pub(super) wanted: Signal,
    /// There is room, or none will come.
    pub(super) room: Signal,
    /// Something was reported, or the run has ended.
    pub(super) reported: Signal,
    /// Whose turn it is to wait for room.
    pub(super) turn: async_lock::Mutex<()>,
    /// Whether the run was ever polled, and the signal that it is.
    pub(super) has_begun: AtomicBool,
    /// The uptime when the batcher was built.
    pub(super) built: Duration,
    pub(super) begun: Signal,
}

/// How long to wait for the run to begin. A program that forgot it would wait forever.
const PATIENCE: Duration = Duration::from_secs(10);

impl<T: AsyncTransport, E, C, K, S> Shared<T, E, C, K, S> {
    pub(super) fn buffer(&self) -> MutexGuard<'_, Buffer<T::Error, S>> {
        // No foreign code runs while it is locked, so a panic cannot leave it half changed.
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until reports have brought the buffer into a certain state.
    async fn until(&self, reached: impl Fn(&Buffer<T::Error, S>) -> bool) {
        loop {
            let reported = self.reported.listen();
            if reached(&self.buffer()) {
                return;
            }
            reported.await;
        }
    }

    /// Notes that a batch is completely reported.
    pub(super) fn finish(&self, receipt: Receipt) {
        self.buffer().finish(receipt);
        self.reported.notify(usize::MAX);
    }

    /// Notes that the run begins, or that it never will.
    pub(super) fn begin(&self) {
        self.has_begun.store(true, Ordering::SeqCst);
        self.begun.notify(usize::MAX);
    }

    /// Ends the run: reports what is left, and wakes all that wait, even if the hook panics.
    fn end(&self) {
        let _ended = Ended(self);
        let left = self.buffer().stop();
        drop(left);
    }

    pub(super) fn close(&self) {
        self.buffer().close();
        self.wanted.notify(usize::MAX);
        self.room.notify(usize::MAX);
        self.begun.notify(usize::MAX);
    }
}

/// Wakes all that wait, after everything is reported.
struct Ended<'s, T: AsyncTransport, E, C, K, S>(&'s Shared<T, E, C, K, S>);

impl<T: AsyncTransport, E, C, K, S> Drop for Ended<'_, T, E, C, K, S> {
    fn drop(&mut self) {
        self.0.buffer().stopped();
        self.0.begin();
        self.0.room.notify(usize::MAX);
        self.0.reported.notify(usize::MAX);
    }
}

/// Reports what is left when the run ends, however it ends.
pub(super) struct EndOnDrop<T: AsyncTransport, E, C, K, S>(pub(super) Arc<Shared<T, E, C, K, S>>);

impl<T: AsyncTransport, E, C, K, S> Drop for EndOnDrop<T, E, C, K, S> {
    fn drop(&mut self) {
        self.0.end();
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
    /// Waits for a limited time until the run has begun or the batcher is closed. Returns whether
    /// one of them happened.
    pub(super) async fn runs_or_is_closed(&self) -> bool {
        self.until_begun(Buffer::is_closed).await || self.buffer().is_closed()
    }

    /// Waits for a limited time until the run has begun, or until waiting is useless. Returns
    /// whether the run has begun.
    async fn until_begun(&self, is_useless: impl Fn(&Buffer<T::Error, S>) -> bool) -> bool {
        if self.has_begun.load(Ordering::SeqCst) {
            return true;
        }
        let mut patience = pin!(self.publisher.client().environment().sleep(PATIENCE));
        loop {
            let begun = self.begun.listen();
            let has_begun = self.has_begun.load(Ordering::SeqCst);
            if has_begun || is_useless(&self.buffer()) {
                return has_begun;
            }
            if let Either::Right(_) = select(begun, patience.as_mut()).await {
                return false;
            }
        }
    }

    /// Whether the run has begun, or may still do so.
    pub(super) fn may_run(&self) -> bool {
        let patience = self.built.saturating_add(PATIENCE);
        self.has_begun.load(Ordering::SeqCst)
            || self.publisher.client().environment().uptime() < patience
            || self.buffer().is_closed()
    }

    /// Waits until reports have brought the buffer into a certain state. If the run never began, it
    /// is ended.
    pub(super) async fn until_reported(&self, reached: impl Fn(&Buffer<T::Error, S>) -> bool) {
        if reached(&self.buffer()) {
            return;
        }
        if !self.until_begun(|_| false).await {
            self.end();
        }
        self.until(reached).await;
    }

    /// Sends until the batcher was closed and every event is reported.
    pub(super) async fn run(&self) {
        self.begin();
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
            let finished = async {
                if requests.next().await.is_none() {
                    pending::<()>().await;
                }
            };
            select(wanted, select(pin!(due), pin!(finished))).await;
        }
    }

    /// Sends a batch in as many requests as it takes, and reports each of its events.
    async fn publish(&self, batch: Batch<T::Error, S>) {
        let mut parts = vec![batch.events];
        while let Some(mut part) = parts.pop() {
            let body = body_of(&part);
            if part.len() > 1 && self.buffer().is_too_slow(body) {
                let second = part.split_off(part.len() / 2);
                parts.extend([second, part]);
                continue;
            }
            for event in &mut part {
                event.may_have_been_sent = true;
            }
            self.listeners.counters.count_request();
            let events: Vec<&EncodedEvent<S>> = part.iter().map(|event| &event.event).collect();
            let publish = Publish::new(self.publisher.target(), &events[..]);
            let client = self.publisher.client();
            let sent = if part.len() > 1 {
                client.call(&Divisible(publish)).await
            } else {
                client.call(&publish).await
            };
            match sent {
                Ok(()) => {
                    self.buffer().came_through(body);
                    for event in part {
                        event.report(Ok(()));
                    }
                }
                Err(error) if self.is_halved(&error, &part) && part.len() > 1 => {
                    let acted_on = error.may_have_been_acted_on();
                    for event in &mut part {
                        event.may_have_been_sent = acted_on;
                    }
                    let second = part.split_off(part.len() / 2);
                    parts.extend([second, part]);
                }
                Err(error) => {
                    let error = PublishError::Failed(Arc::new(error));
                    // The key is paused before the failure is reported, because the hook may resume
                    // it.
                    let paused = self.pause(&part, &mut parts);
                    for event in part {
                        event.report(Err(error.clone()));
                    }
                    for event in paused {
                        event.report(Err(PublishError::Paused));
                    }
                }
            }
        }
        self.finish(batch.receipt);
    }

    /// Whether a part of the events may be accepted although the whole request was not: it is too
    /// large, it timed out, or the service refuses all of it because of one event (400).
    fn is_halved(&self, error: &Error<'_, T::Error>, part: &[Pending<T::Error, S>]) -> bool {
        let body = body_of(part);
        if error.ran_out_of_time(body, self.publisher.client().replays_publish()) {
            let (first, second) = part.split_at(part.len() / 2);
            return self.buffer().ran_out_of_time(body, body_of(first).max(body_of(second)));
        }
        error.is_too_large() || error.status() == Some(400)
    }

    /// Prevents later events from overtaking those that failed. Returns the events that would have,
    /// to be reported.
    fn pause(
        &self,
        failed: &[Pending<T::Error, S>],
        parts: &mut Vec<Vec<Pending<T::Error, S>>>,
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
        for part in &mut *parts {
            let (overtaking, rest) = std::mem::take(part)
                .into_iter()
                .partition(|event| event.key.as_ref().is_some_and(|key| keys.contains(key)));
            *part = rest;
            paused.splice(..0, overtaking);
        }
        // A part without events would be sent as an empty request, which the service refuses.
        parts.retain(|part| !part.is_empty());
        paused
    }
}

/// The size of a request with these events in bytes, with the brackets around them and the commas
/// between them.
fn body_of<X, S>(events: &[Pending<X, S>]) -> usize {
    events.iter().map(|event| event.bytes() + 1).sum::<usize>() + 1
}
