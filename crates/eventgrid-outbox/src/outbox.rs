//! The handle of an outbox.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use eventgrid::SendLimits;
use eventgrid::calls::{EncodedEvent, OutgoingEvent};
use eventgrid::target::{Accepts, CloudEvents, CustomSchema, EventGridSchema, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport};
use eventgrid_worker::BatcherBuilder;

use crate::error::{ForwardError, OutboxError, PutError};
use crate::forward;
use crate::keeper::Command;
use crate::operation::{Operation, block_on};
use crate::options::OutboxOptions;
use crate::refused::{RefusedEvent, RefusedId};
use crate::shared::Shared;
use crate::state::{State, milliseconds_of};
use crate::stats::OutboxStats;
use crate::store::{Change, NewEvent, Place};

/// A queue of events that wait to be published, stored in a file.
///
/// It is a handle: clones share one file, and any number of tasks and threads may put events. A
/// separate thread reads and writes the file, so that no runtime is needed. `S` is the schema of
/// the events.
///
/// When the last clone is dropped, the outbox is closed as by [`close`](Self::close). The drop
/// waits until the events that were handed over are written, unless the events are being
/// [forwarded](Self::forward): then the forwarding future closes the file when it ends.
///
/// ```
/// use eventgrid_outbox::eventgrid::CloudEvent;
/// use eventgrid_outbox::{Outbox, OutboxOptions};
///
/// # let folder = std::env::temp_dir().join(format!("outbox-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("orders.outbox");
/// let outbox: Outbox = Outbox::open(&path, OutboxOptions::new())?;
/// outbox.put_blocking(&CloudEvent::new("1", "urn:shop", "Order.Created"))?;
/// drop(outbox);
///
/// let outbox: Outbox = Outbox::open(&path, OutboxOptions::new())?;
/// assert_eq!(outbox.stats().queued_events, 1);
/// # drop(outbox);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Outbox<S = CloudEvents> {
    handle: Arc<CloseOnDrop>,
    key: Option<Arc<str>>,
    schema: PhantomData<fn() -> S>,
}

/// Closes the outbox when the last handle is dropped.
struct CloseOnDrop(Arc<Shared>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.state.close();
    }
}

impl<S: Schema + 'static> Outbox<S> {
    /// Opens the file of an outbox, and creates it if it does not exist. Its folder must exist.
    ///
    /// Only one outbox can have a file open at a time. The file must be on a local disk: a network
    /// file system may not support locks, and may lose data that it says is synced.
    ///
    /// # Errors
    /// [`OutboxError`] if the file cannot be created, read or written, is already open, is damaged,
    /// or was written by another program, by a newer version or by an outbox of another schema.
    pub fn open(path: impl AsRef<Path>, options: OutboxOptions) -> Result<Self, OutboxError> {
        Self::open_place(Place::file(path.as_ref()), options)
    }

    pub(crate) fn open_place(place: Place, options: OutboxOptions) -> Result<Self, OutboxError> {
        let shared = Arc::new(Shared::open(place, name_of::<S>(), options)?);
        Ok(Self { handle: Arc::new(CloseOnDrop(shared)), key: None, schema: PhantomData })
    }

    /// Puts an event into the outbox, waiting until there is room. After it has returned `Ok`, the
    /// event survives a kill and a loss of power.
    ///
    /// Only events with the same [key](Self::keyed) are published in the order in which they were
    /// put. To make an event a part of the current trace, put the result of
    /// [`Publisher::encode`](eventgrid::Publisher::encode). If the future is dropped, the event may
    /// or may not be stored.
    ///
    /// While the outbox is full, it waits until events are published or refused ones are removed,
    /// without a time limit. Tasks get room in the order in which they began to wait.
    ///
    /// # Errors
    /// [`PutError`]; then the event is not stored, unless the disk failed at the last moment.
    pub async fn put<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<(), PutError> {
        let event = self.encode(event)?;
        let shared = self.shared();
        {
            let _turn = shared.turn.lock().await;
            loop {
                let changed = shared.state.listen();
                match shared.state.reserve(event.load()) {
                    Ok(()) => break,
                    Err(PutError::Full { .. }) => changed.await,
                    Err(error) => return Err(error),
                }
            }
        }
        shared.write(Change::Put(event)).await?;
        Ok(())
    }

    /// Like [`put`](Self::put), but blocks the thread.
    ///
    /// # Errors
    /// [`PutError`]; then the event is not stored, unless the disk failed at the last moment.
    pub fn put_blocking<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<(), PutError> {
        block_on(self.put(event))
    }

    /// Puts an event if there is room for it now, ahead of tasks that wait for room in
    /// [`put`](Self::put). After the operation has succeeded, the event survives a kill and a loss
    /// of power.
    ///
    /// Operations that are in progress at the same time share syncs of the disk:
    ///
    /// ```
    /// # use eventgrid_outbox::eventgrid::CloudEvent;
    /// # use eventgrid_outbox::{Outbox, PutError};
    /// fn put_all(outbox: &Outbox, events: &[CloudEvent<'_>]) -> Result<(), PutError> {
    ///     let under_way: Vec<_> = events.iter().map(|event| outbox.try_put(event)).collect::<Result<_, _>>()?;
    ///     for put in under_way {
    ///         put.wait()?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`PutError`], for example [`PutError::Full`]. The event is then not stored.
    pub fn try_put<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<Operation<()>, PutError> {
        let event = self.encode(event)?;
        self.shared().state.reserve(event.load())?;
        Ok(self.shared().write(Change::Put(event)))
    }

    /// Returns the future that publishes the events of the outbox, and those that are put later,
    /// through a batcher. Await it concurrently with the rest of the program, or spawn it. It ends
    /// when the outbox is [closed](Self::close) and all events that the batcher has taken are
    /// reported.
    ///
    /// Events that the service has accepted are removed from the file. Events that failed stay
    /// there, and are sent again after the [backoff](OutboxOptions::backoff) with the same `id`. So
    /// receivers may get an event twice, but lose none. An event that the service will never accept
    /// (400 or 413 for a request with this event alone) is [set aside](Self::refused).
    ///
    /// The capacity of the batcher limits how much of the outbox is in memory. Events with the same
    /// key do not overtake each other, even if they are sent again, unless the batcher [continues
    /// after a failure](BatcherBuilder::continue_after_failure).
    ///
    /// If the future is dropped, no event is lost. Events that were being sent are sent again when
    /// the outbox is forwarded the next time.
    ///
    /// # Errors
    /// [`ForwardError::AlreadyForwarding`] if another future already forwards the events.
    pub fn forward<T, E, C, K>(
        &self,
        batcher: BatcherBuilder<T, E, C, K, S>,
    ) -> impl Future<Output = Result<(), ForwardError>> + use<T, E, C, K, S>
    where
        T: AsyncTransport<Error: 'static>,
        E: AsyncSleep,
        C: AsyncCredential,
        K: Target + Accepts<S>,
    {
        let shared = Arc::clone(self.shared());
        let forwarding = shared.state.begin_forwarding().then(|| Forwarding(Arc::clone(&shared.state)));
        async move {
            let _forwarding = forwarding.ok_or(ForwardError::AlreadyForwarding)?;
            forward::forward(&shared, batcher).await;
            Ok(())
        }
    }

    fn encode<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<NewEvent, PutError> {
        let OutboxOptions { endpoint_kind, capacity, clock, .. } = &self.shared().options;
        let encoded = EncodedEvent::new(event, *endpoint_kind, None)?;
        let put_at = milliseconds_of(clock());
        let json = encoded.json().as_str().to_owned();
        // The brackets around the event take two bytes.
        let sendable = SendLimits::of(*endpoint_kind).max_bytes - 2;
        if json.len() > sendable {
            return Err(PutError::TooLarge { bytes: json.len(), limit: sendable });
        }
        let event = NewEvent { put_at, key: self.key.clone(), json };
        if !event.load().fits(*capacity) {
            let bytes = usize::try_from(event.load().bytes).unwrap_or(usize::MAX);
            return Err(PutError::TooLarge { bytes, limit: capacity.max_bytes });
        }
        Ok(event)
    }
}

impl<S> Outbox<S> {
    /// Returns a handle to the same outbox whose events keep their order: events with the same key
    /// are published in the order in which they were put, whatever fails. An event that is [set
    /// aside](Self::refused) is left out, and later ones go on.
    #[must_use]
    pub fn keyed(&self, key: impl Into<Arc<str>>) -> Self {
        Self { handle: Arc::clone(&self.handle), key: Some(key.into()), schema: PhantomData }
    }

    /// The counts of what is in the outbox and of what was done.
    pub fn stats(&self) -> OutboxStats {
        self.shared().state.stats()
    }

    /// Waits until no event waits to be published, which needs a future that
    /// [forwards](Self::forward) them. It also returns when the outbox is closed.
    pub async fn until_empty(&self) {
        self.shared().state.until(|state| state.totals().queued.events == 0 || state.is_closed()).await;
    }

    /// Reads up to `max_events` of the events that were set aside because the service would never
    /// accept them: those after `after`, in the order in which they were put. They count towards
    /// the [capacity](OutboxOptions::capacity) until they are [removed](Self::remove_refused) or
    /// [put again](Self::requeue_refused).
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be read.
    pub fn refused(&self, after: Option<RefusedId>, max_events: usize) -> Operation<Vec<RefusedEvent>> {
        let from = after.map_or(0, |id| id.0.saturating_add(1));
        self.shared().ask(|reply| Command::Refused { from, max_events, reply })
    }

    /// Removes events that were set aside. Returns how many of them there were.
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be written.
    pub fn remove_refused(&self, ids: &[RefusedId]) -> Operation<u64> {
        self.shared().count(Change::RemoveRefused(ids.iter().map(|id| id.0).collect()))
    }

    /// Puts events that were set aside into the queue again, unchanged and after all others. Call
    /// it when what was wrong with the topic is corrected. Returns how many of them there were.
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be written.
    pub fn requeue_refused(&self, ids: &[RefusedId]) -> Operation<u64> {
        self.shared().count(Change::Requeue(ids.iter().map(|id| id.0).collect()))
    }

    /// Takes no more events, waits until the events that are being sent are reported, and closes
    /// the file. Events that wait stay in it. Tasks that wait for room get [`PutError::Closed`].
    ///
    /// If the service cannot be reached, this takes as long as the client retries. To end at once,
    /// first drop the future of [`forward`](Self::forward).
    pub async fn close(&self) {
        let shared = self.shared();
        shared.state.close();
        shared.state.until(|state| !state.is_forwarding()).await;
        // If the thread is gone, it has closed the file.
        let _ = shared.ask(Command::Close).await;
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.handle.0
    }
}

/// Marks that a future forwards, as long as it exists.
struct Forwarding(Arc<State>);

impl Drop for Forwarding {
    fn drop(&mut self) {
        self.0.end_forwarding();
    }
}

/// The name of a schema in the file.
fn name_of<S: 'static>() -> &'static str {
    let id = TypeId::of::<S>();
    if id == TypeId::of::<CloudEvents>() {
        "CloudEvents"
    } else if id == TypeId::of::<EventGridSchema>() {
        "Event Grid"
    } else if id == TypeId::of::<CustomSchema>() {
        "custom"
    } else {
        "other"
    }
}

impl<S> Clone for Outbox<S> {
    fn clone(&self) -> Self {
        Self { handle: Arc::clone(&self.handle), key: self.key.clone(), schema: PhantomData }
    }
}

impl<S> fmt::Debug for Outbox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("path", &self.shared().path())
            .field("key", &self.key)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
