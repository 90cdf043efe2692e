//! [`Batcher`]: takes single events and publishes them in batches.

mod buffer;
mod builder;
mod delivery;
mod error;
mod load;
mod run;
mod stats;

pub use builder::BatcherBuilder;
pub use delivery::PublishReport;
pub use error::{PublishError, SendError};
pub use stats::BatcherStats;

use std::fmt;
use std::sync::Arc;

use eventgrid::calls::{EncodedEvent, OutgoingEvent};
use eventgrid::target::{Accepts, CloudEvents, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, NamespaceTopic, Publisher};

use self::buffer::{Buffer, Receipt};
use self::delivery::{Key, Pending};
use self::run::Shared;

/// Publishes single events in batches.
///
/// It is a handle: clones share one buffer, and any number of tasks may send. The future that
/// [`BatcherBuilder::build`] returns along with it, called the run, publishes the events. A request
/// is sent as soon as it is full, and at the latest when its oldest event has waited for the
/// [`max_delay`](BatcherBuilder::max_delay).
///
/// The outcome of each event that was taken is reported exactly once: by its [`PublishReport`], and
/// to [`on_report`](BatcherBuilder::on_report). The client makes the retries, and the outcome is
/// reported after them.
///
/// When the last clone is dropped, the batcher is closed as by [`close`](Self::close).
pub struct Batcher<T: AsyncTransport, E, C, K = NamespaceTopic<'static>, S = CloudEvents> {
    handle: Arc<CloseOnDrop<T, E, C, K, S>>,
    key: Option<Key>,
}

/// Closes the batcher when nobody can send any more.
struct CloseOnDrop<T: AsyncTransport, E, C, K, S>(Arc<Shared<T, E, C, K, S>>);

impl<T: AsyncTransport, E, C, K, S> Drop for CloseOnDrop<T, E, C, K, S> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<T, E, C, K, S> Batcher<T, E, C, K, S>
where
    T: AsyncTransport,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    /// Returns the options of a batcher that sends through `publisher`.
    pub fn builder(publisher: Publisher<T, E, C, K>) -> BatcherBuilder<T, E, C, K, S> {
        BatcherBuilder::new(publisher)
    }

    /// Hands over an event, waiting until there is room. Tasks that wait get room in the order in
    /// which they began to wait; a [`try_send`](Self::try_send) or [`force_send`](Self::force_send)
    /// may go ahead of them.
    ///
    /// The event is checked and encoded at once, as a part of the current trace. If the
    /// [run](BatcherBuilder::build) has not begun yet, this waits for it, for ten seconds at most.
    ///
    /// # Errors
    /// [`SendError`]. The event is then not taken.
    pub async fn send<V: OutgoingEvent<Schema = S>>(
        &self,
        event: &V,
    ) -> Result<PublishReport<T::Error>, SendError> {
        let event = self.encode(event)?;
        match self.admits(&self.shared().buffer(), &event) {
            Ok(()) | Err(SendError::Full) => {}
            Err(error) => return Err(error),
        }
        if !self.shared().runs_or_is_closed().await {
            return Err(SendError::NotRunning);
        }
        let _turn = self.shared().turn.lock().await;
        loop {
            let room = self.shared().room.listen();
            {
                let mut buffer = self.shared().buffer();
                match self.admits(&buffer, &event) {
                    Ok(()) => return Ok(self.put(&mut buffer, event)),
                    Err(SendError::Full) => {}
                    Err(error) => return Err(error),
                }
            }
            room.await;
        }
    }

    /// Hands over an event if there is room for it, ahead of tasks that wait for room in
    /// [`send`](Self::send).
    ///
    /// # Errors
    /// [`SendError`], for example [`SendError::Full`]. The event is then not taken.
    pub fn try_send<V: OutgoingEvent<Schema = S>>(
        &self,
        event: &V,
    ) -> Result<PublishReport<T::Error>, SendError> {
        let event = self.encode(event)?;
        self.check_run()?;
        let mut buffer = self.shared().buffer();
        self.admits(&buffer, &event)?;
        Ok(self.put(&mut buffer, event))
    }

    /// Hands over an event, ahead of tasks that wait for room in [`send`](Self::send). If there is
    /// no room for it, the oldest events that wait are dropped, and each is reported as
    /// [`PublishError::Displaced`].
    ///
    /// # Errors
    /// [`SendError`]. The event is then not taken, and no other is dropped.
    pub fn force_send<V: OutgoingEvent<Schema = S>>(
        &self,
        event: &V,
    ) -> Result<PublishReport<T::Error>, SendError> {
        let event = self.encode(event)?;
        self.check_run()?;
        let (displaced, delivery) = {
            let mut buffer = self.shared().buffer();
            let displaced = match self.admits(&buffer, &event) {
                Ok(()) => None,
                Err(SendError::Full) => buffer.displace(size(&event)),
                Err(error) => return Err(error),
            };
            (displaced, self.put(&mut buffer, event))
        };
        if let Some(batch) = displaced {
            let _reported = Reported { shared: self.shared(), receipt: Some(batch.receipt) };
            for event in batch.events {
                event.report(Err(PublishError::Displaced));
            }
        }
        Ok(delivery)
    }

    /// Sends the events that were taken so far without delay, and waits until all of them are
    /// reported.
    pub async fn flush(&self) {
        let shared = self.shared();
        let before = shared.buffer().flush();
        shared.wanted.notify(1);
        shared.until_reported(|buffer| buffer.is_reported(before)).await;
    }

    /// Takes no more events, sends those that were taken without delay, and waits until all of them
    /// are reported and the run has ended. Tasks that wait for room get [`SendError::Closed`].
    pub async fn close(&self) {
        let shared = self.shared();
        shared.close();
        shared.until_reported(Buffer::is_stopped).await;
    }

    fn encode<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<EncodedEvent<S>, SendError> {
        Ok(self.shared().publisher.encode(event)?)
    }

    /// Refuses events if the run was forgotten, since it would never send any.
    fn check_run(&self) -> Result<(), SendError> {
        if self.shared().may_run() { Ok(()) } else { Err(SendError::NotRunning) }
    }

    fn admits(&self, buffer: &Buffer<T::Error, S>, event: &EncodedEvent<S>) -> Result<(), SendError> {
        buffer.admits(self.key.as_ref(), size(event))
    }

    /// Buffers an event that is admitted.
    fn put(&self, buffer: &mut Buffer<T::Error, S>, event: EncodedEvent<S>) -> PublishReport<T::Error> {
        let shared = self.shared();
        let since = shared.publisher.client().environment().uptime();
        let (event, delivery) =
            Pending::new(event, self.key.clone(), buffer.next_sequence(), since, &shared.listeners);
        if buffer.push(event) {
            shared.wanted.notify(1);
        }
        delivery
    }
}

impl<T: AsyncTransport, E, C, K, S> Batcher<T, E, C, K, S> {
    /// Returns a handle to the same buffer whose events keep their order: events with the same key
    /// are published in the order in which they were taken, whatever else is in flight.
    ///
    /// If one of them fails, later ones are not sent but reported as [`PublishError::Paused`], and
    /// no more events with this key are taken until it is [resumed](Self::resume). With
    /// [`continue_after_failure`](BatcherBuilder::continue_after_failure), later ones are sent all
    /// the same.
    #[must_use]
    pub fn keyed(&self, key: impl Into<Arc<str>>) -> Self {
        Self { handle: Arc::clone(&self.handle), key: Some(key.into()) }
    }

    /// Takes events of this handle's key again after one of them failed.
    pub fn resume(&self) {
        if let Some(key) = &self.key {
            self.shared().buffer().resume(key);
        }
    }

    /// The publisher through which events are sent.
    pub fn publisher(&self) -> &Publisher<T, E, C, K> {
        &self.shared().publisher
    }

    /// Counters of what waits in the buffer and what was sent.
    pub fn stats(&self) -> BatcherStats {
        let shared = self.shared();
        let buffer = shared.buffer();
        BatcherStats {
            buffered_events: buffer.waiting().events,
            buffered_bytes: buffer.waiting().bytes,
            in_flight: buffer.in_flight(),
            ..shared.listeners.counters.snapshot()
        }
    }

    fn shared(&self) -> &Shared<T, E, C, K, S> {
        &self.handle.0
    }
}

/// Reports displaced events, even if the hook panics.
struct Reported<'s, T: AsyncTransport, E, C, K, S> {
    shared: &'s Shared<T, E, C, K, S>,
    receipt: Option<Receipt>,
}

impl<T: AsyncTransport, E, C, K, S> Drop for Reported<'_, T, E, C, K, S> {
    fn drop(&mut self) {
        if let Some(receipt) = self.receipt.take() {
            self.shared.finish(receipt);
        }
        // The run may have nothing left to wait for but this report.
        self.shared.wanted.notify(1);
    }
}

/// The size of an event as JSON.
fn size<S>(event: &EncodedEvent<S>) -> usize {
    event.json().as_str().len()
}

impl<T: AsyncTransport, E, C, K, S> Clone for Batcher<T, E, C, K, S> {
    fn clone(&self) -> Self {
        Self { handle: Arc::clone(&self.handle), key: self.key.clone() }
    }
}

impl<T: AsyncTransport, E, C, K, S> fmt::Debug for Batcher<T, E, C, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher")
            .field("key", &self.key)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
