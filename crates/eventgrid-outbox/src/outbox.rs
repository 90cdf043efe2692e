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

/// A file of events that wait to be published.
///
/// It is a handle: clones share one file, and any number of tasks and threads may put events. A
/// thread of its own reads and writes the file, so that it needs no runtime. `S` is the schema of
/// its events.
///
/// When the last clone is dropped, the outbox is closed as by [`close`](Self::close). That waits
/// for what was handed over to be written, unless the events are being [forwarded](Self::forward):
/// then the future that does so closes the file when it ends.
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

/// Closes the outbox when nobody can put events any more.
struct CloseOnDrop(Arc<Shared>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.state.close();
    }
}

impl<S: Schema + 'static> Outbox<S> {
    /// Opens the file of an outbox; it is made if it is not there. Its folder must be.
    ///
    /// One outbox has a file at a time. The file must be on a local disk: file systems of a network
    /// may not lock it, nor keep what they say is synced.
    ///
    /// # Errors
    /// [`OutboxError`] if the file cannot be made, read or written, is open elsewhere, or belongs
    /// to another program, to a newer version or to an outbox of another schema.
    pub fn open(path: impl AsRef<Path>, options: OutboxOptions) -> Result<Self, OutboxError> {
        Self::open_place(Place::File(path.as_ref().to_owned()), options)
    }

    pub(crate) fn open_place(place: Place, options: OutboxOptions) -> Result<Self, OutboxError> {
        let shared = Arc::new(Shared::open(place, name_of::<S>(), options)?);
        Ok(Self { handle: Arc::new(CloseOnDrop(shared)), key: None, schema: PhantomData })
    }

    /// Puts an event, as soon as there is room. When it returns `Ok`, the event survives a kill and
    /// a loss of power.
    ///
    /// Events are published in the order in which they were put only if they have the same
    /// [key](Self::keyed). To make an event a part of the current trace, put what
    /// [`Publisher::encode`](eventgrid::Publisher::encode) returns. If the future is dropped, the
    /// event may be stored or not.
    ///
    /// While the outbox is full it waits for events to be published or for refused ones to be taken
    /// away: forever, if neither comes. Those who wait are served in their order.
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

    /// [`put`](Self::put), blocking the thread.
    ///
    /// # Errors
    /// [`PutError`]; then the event is not stored, unless the disk failed at the last moment.
    pub fn put_blocking<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<(), PutError> {
        block_on(self.put(event))
    }

    /// Puts an event, if there is room for it now, ahead of those who wait for room in
    /// [`put`](Self::put). The event survives a kill when the operation is done.
    ///
    /// Of operations that are awaited together, many share one sync of the disk:
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
    /// [`PutError`], [`PutError::Full`] among them; then the event is not stored.
    pub fn try_put<V: OutgoingEvent<Schema = S>>(&self, event: &V) -> Result<Operation<()>, PutError> {
        let event = self.encode(event)?;
        self.shared().state.reserve(event.load())?;
        Ok(self.shared().write(Change::Put(event)))
    }

    /// The future that publishes what the outbox has, and what is put later, through a batcher:
    /// await it beside the rest of the program, or spawn it. It ends when the outbox is
    /// [closed](Self::close) and what the batcher has taken is reported.
    ///
    /// What the service accepted is removed from the file. What failed stays, and is sent again
    /// after the [backoff](OutboxOptions::backoff), with the same `id`: so receivers may get an
    /// event twice, but not lose one. An event that the service will never take (400, or 413 if it
    /// is alone) is [set aside](Self::refused).
    ///
    /// The capacity of the batcher is how much of the outbox is in memory. Of events with the same
    /// key none overtakes another, also when it is sent again, unless the batcher was told to
    /// [continue](BatcherBuilder::continue_after_failure).
    ///
    /// If the future is dropped, no event is lost, but those that were being sent are sent again
    /// when the outbox is next forwarded.
    ///
    /// # Errors
    /// [`ForwardError`] if another future forwards already.
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
        // With the brackets around it.
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
    /// A handle to the same outbox whose events keep their order: those that are put with the same
    /// key are published in the order in which they were put, whatever fails. An event that is
    /// [set aside](Self::refused) leaves the order.
    #[must_use]
    pub fn keyed(&self, key: impl Into<Arc<str>>) -> Self {
        Self { handle: Arc::clone(&self.handle), key: Some(key.into()), schema: PhantomData }
    }

    /// What it has and did.
    pub fn stats(&self) -> OutboxStats {
        self.shared().state.stats()
    }

    /// Waits until no event waits to be published. That comes only while they are
    /// [forwarded](Self::forward), or when the outbox is closed.
    pub async fn until_empty(&self) {
        self.shared().state.until(|state| state.totals().queued.events == 0 || state.is_closed()).await;
    }

    /// Up to so many of the events that were set aside, since the service would never take them:
    /// those after `after`, in the order in which they were put. They count towards the
    /// [capacity](OutboxOptions::capacity) until they are [removed](Self::remove_refused) or
    /// [put again](Self::requeue_refused).
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be read.
    pub fn refused(&self, after: Option<RefusedId>, max_events: usize) -> Operation<Vec<RefusedEvent>> {
        let from = after.map_or(0, |id| id.0.saturating_add(1));
        self.shared().ask(|reply| Command::Refused { from, max_events, reply })
    }

    /// Takes away events that were set aside. Returns how many there were.
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be written.
    pub fn remove_refused(&self, ids: &[RefusedId]) -> Operation<u64> {
        self.shared().count(Change::RemoveRefused(ids.iter().map(|id| id.0).collect()))
    }

    /// Puts events again that were set aside, as they are, after all others: when what was wrong
    /// with the topic is corrected. Returns how many there were.
    ///
    /// The operation fails with [`OutboxError`] if the file cannot be written.
    pub fn requeue_refused(&self, ids: &[RefusedId]) -> Operation<u64> {
        self.shared().count(Change::Requeue(ids.iter().map(|id| id.0).collect()))
    }

    /// Takes no more events, waits until what is being [forwarded](Self::forward) is reported, and
    /// closes the file. Events that wait stay in it. Whoever waits for room gets
    /// [`PutError::Closed`].
    ///
    /// Where the service cannot be reached, that lasts as long as the client retries. To end at
    /// once, drop the future of [`forward`](Self::forward) before.
    pub async fn close(&self) {
        let shared = self.shared();
        shared.state.close();
        shared.state.until(|state| !state.is_forwarding()).await;
        // A thread that is gone has closed the file.
        let _ = shared.ask(Command::Close).await;
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.handle.0
    }
}

/// Somebody forwards.
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
