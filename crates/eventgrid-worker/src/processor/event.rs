//! The event that a handler gets.

use std::fmt;
use std::sync::Arc;

use eventgrid::event::{CloudEventView, DataView};
use eventgrid::json::JsonStr;
use eventgrid::{LockToken, OwnedReceivedEvent, Subscription};

use super::lock::{Lock, LockLoss};
use super::running_handler::Abort;

/// One delivery of an event, as its handler gets it. Clones refer to the same delivery.
#[derive(Clone)]
pub struct ProcessorEvent(pub(super) Arc<Delivery>);

/// The state that the handler and the processor share.
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

    /// `id`: together with `source`, it identifies the event. It is the same in each delivery of
    /// the event.
    pub fn id(&self) -> JsonStr<'_> {
        self.view().id()
    }

    /// `source`: where the event happened.
    pub fn source(&self) -> JsonStr<'_> {
        self.view().source()
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> JsonStr<'_> {
        self.view().event_type()
    }

    /// `subject`: what the event is about, within the source.
    pub fn subject(&self) -> Option<JsonStr<'_>> {
        self.view().subject()
    }

    /// `data`: JSON, text or bytes. [`deserialize`](DataView::deserialize) reads JSON into a type
    /// of your own.
    pub fn data(&self) -> DataView<'_> {
        self.view().data()
    }

    /// How often this event was delivered, including this delivery: 1 for the first one.
    pub fn delivery_count(&self) -> u32 {
        self.0.received.delivery_count()
    }

    /// The lock token of this delivery. The processor settles the event by it; a handler does not
    /// need it.
    pub fn lock_token(&self) -> LockToken<'_> {
        self.0.received.lock_token()
    }

    /// The subscription that the event came from.
    pub fn subscription(&self) -> &Subscription<'static> {
        &self.0.subscription
    }

    /// How the lock was lost, or `None` if it is held. After a loss the verdict on this delivery is
    /// not sent, and another handler may already have the event.
    pub fn lock_loss(&self) -> Option<LockLoss> {
        self.0.lock.loss()
    }

    /// Waits until the lock is lost. A handler that should then stop waits for this and its work at
    /// the same time, by `select`. A handler that does not call it goes on.
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
