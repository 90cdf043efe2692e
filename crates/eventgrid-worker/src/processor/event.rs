//! The event that a handler is given.

use std::fmt;
use std::sync::Arc;

use eventgrid::event::{CloudEventView, DataView};
use eventgrid::json::JsonStr;
use eventgrid::{LockToken, OwnedReceivedEvent, Subscription};

use super::lock::{Lock, LockLoss};
use super::running_handler::Abort;

/// One delivery of an event. A clone is another handle of the same one.
#[derive(Clone)]
pub struct ProcessorEvent(pub(super) Arc<Delivery>);

/// What the handler and the processor share.
pub(super) struct Delivery {
    pub(super) received: OwnedReceivedEvent,
    pub(super) subscription: Arc<Subscription<'static>>,
    pub(super) lock: Lock,
    /// Ends the handler.
    pub(super) abort: Abort,
}

impl ProcessorEvent {
    /// The whole event.
    pub fn view(&self) -> CloudEventView<'_> {
        self.0.well_formed()
    }

    /// `id`: with `source`, it tells this event from every other one. An event that is delivered
    /// twice keeps it.
    pub fn id(&self) -> JsonStr<'_> {
        self.view().id()
    }

    /// `source`: where it happened.
    pub fn source(&self) -> JsonStr<'_> {
        self.view().source()
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> JsonStr<'_> {
        self.view().event_type()
    }

    /// `subject`: to what it happened, within the source.
    pub fn subject(&self) -> Option<JsonStr<'_>> {
        self.view().subject()
    }

    /// `data`: JSON, text or bytes. [`deserialize`](DataView::deserialize) reads JSON into a type
    /// of yours.
    pub fn data(&self) -> DataView<'_> {
        self.view().data()
    }

    /// How often this event was delivered, this delivery included; 1 for the first one.
    pub fn delivery_count(&self) -> u32 {
        self.0.received.delivery_count()
    }

    /// What this delivery is settled by. The processor does that.
    pub fn lock_token(&self) -> LockToken<'_> {
        self.0.received.lock_token()
    }

    /// The subscription that it came from.
    pub fn subscription(&self) -> &Subscription<'static> {
        &self.0.subscription
    }

    /// How the lock was lost, if it was: then the verdict on this delivery will not be sent, and
    /// another handler may have the event already.
    pub fn lock_loss(&self) -> Option<LockLoss> {
        self.0.lock.loss()
    }

    /// Waits until the lock is lost. A handler that should stop then selects between this and its
    /// work; one that does not look at it just goes on.
    pub async fn lock_lost(&self) -> LockLoss {
        self.0.lock.lost().await
    }
}

impl fmt::Debug for ProcessorEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessorEvent")
            .field("id", &self.id())
            .field("source", &self.source())
            .field("event_type", &self.event_type())
            .field("delivery_count", &self.delivery_count())
            .field("lock_loss", &self.lock_loss())
            .finish_non_exhaustive()
    }
}

impl Delivery {
    fn well_formed(&self) -> CloudEventView<'_> {
        self.received.event().expect("only a well-formed event is handed over")
    }
}
