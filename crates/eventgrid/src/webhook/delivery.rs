//! The meaning of a request to a webhook.

use super::content::Content;
use super::delivered_event::DeliveredEvent;
use super::events::Events;
use super::handshake::Handshake;
use super::refusal::Refusal;
use super::request::{DeliveryHeaders, IncomingRequest};
use super::response::WebhookResponse;
use super::validation::{SubscriptionDeletion, Validation};
use crate::event::MalformedEvent;
use crate::system_events::event_grid::{SUBSCRIPTION_DELETED_EVENT, SUBSCRIPTION_VALIDATION_EVENT};

/// The meaning of a request to a webhook.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Delivery<'a> {
    /// Events.
    Events(Events<'a>),
    /// Event Grid asks whether a subscription may deliver here: the handshake of the Event Grid
    /// schema.
    Validation(Validation<'a>),
    /// A sender asks whether it may deliver here: the handshake of CloudEvents.
    Handshake(Handshake<'a>),
    /// A subscription that delivered here was deleted.
    SubscriptionDeletion(SubscriptionDeletion<'a>),
}

impl<'a> Delivery<'a> {
    /// The response to send if the delivery was accepted, or the subscription is wanted.
    pub fn response(&self) -> WebhookResponse<'a> {
        match self {
            Self::Events(events) => events.response(),
            Self::Validation(validation) => validation.response(),
            Self::Handshake(handshake) => handshake.response(),
            Self::SubscriptionDeletion(_) => WebhookResponse::new(200),
        }
    }

    /// Reads a `POST`.
    pub(super) fn read(request: &IncomingRequest<'a>) -> Result<Self, Refusal> {
        let headers = DeliveryHeaders::new(request.headers);
        let events = Events::read(headers, Content::of(headers)?, request.body)?;
        match purpose(&events) {
            Purpose::Notification => Ok(Self::Events(events)),
            Purpose::Validation => Validation::read(headers, only(&events)?).map(Self::Validation),
            Purpose::Deletion => {
                Ok(Self::SubscriptionDeletion(SubscriptionDeletion::read(headers, only(&events)?)))
            }
        }
    }
}

enum Purpose {
    Notification,
    Validation,
    Deletion,
}

/// What a delivery is for: the header says it, so that nobody's events can pass for it. If
/// something on the way took the header away, the type of a lone event does.
fn purpose(events: &Events<'_>) -> Purpose {
    let Some(purpose) = events.headers().event_type() else {
        let mut all = events.iter();
        let (Some(Ok(event)), None) = (all.next(), all.next()) else { return Purpose::Notification };
        let event_type = event.event_type();
        return if event_type == SUBSCRIPTION_VALIDATION_EVENT {
            Purpose::Validation
        } else if event_type == SUBSCRIPTION_DELETED_EVENT {
            Purpose::Deletion
        } else {
            Purpose::Notification
        };
    };
    if purpose.eq_ignore_ascii_case("SubscriptionValidation") {
        Purpose::Validation
    } else if purpose.eq_ignore_ascii_case("SubscriptionDeletion") {
        Purpose::Deletion
    } else {
        Purpose::Notification
    }
}

/// The event that a validation or deletion is.
fn only<'a>(events: &Events<'a>) -> Result<DeliveredEvent<'a>, Refusal> {
    match events.iter().next() {
        Some(event) => event.map_err(Refusal::Event),
        None => Err(Refusal::Event(MalformedEvent::NoEvent)),
    }
}
