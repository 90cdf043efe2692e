//! One event that was pushed, of either schema.

use super::attribute_text::AttributeText;
use super::binary_event_view::BinaryEventView;
use crate::event::{CloudEventView, DataView, EventGridEventView};
use crate::system_events::SystemEvent;

/// An event that was pushed: a view over the request, in the schema of the subscription.
///
/// The methods return what both schemas have; everything else is in the views.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DeliveredEvent<'a> {
    /// A CloudEvent.
    CloudEvent(CloudEventView<'a>),
    /// An event of the Event Grid schema.
    EventGridEvent(EventGridEventView<'a>),
    /// A CloudEvent in binary content mode, which Event Grid itself does not use.
    BinaryEvent(BinaryEventView<'a>),
}

impl<'a> DeliveredEvent<'a> {
    /// `id`: together with the source, it identifies the event. An event may be delivered more than
    /// once.
    pub fn id(&self) -> AttributeText<'a> {
        match self {
            Self::CloudEvent(event) => event.id().into(),
            Self::EventGridEvent(event) => event.id().into(),
            Self::BinaryEvent(event) => event.id(),
        }
    }

    /// `source` of a CloudEvent, `topic` of the Event Grid schema: where the event happened.
    pub fn source(&self) -> Option<AttributeText<'a>> {
        match self {
            Self::CloudEvent(event) => Some(event.source().into()),
            Self::EventGridEvent(event) => event.topic().map(Into::into),
            Self::BinaryEvent(event) => Some(event.source()),
        }
    }

    /// `type` of a CloudEvent, `eventType` of the Event Grid schema: what happened.
    pub fn event_type(&self) -> AttributeText<'a> {
        match self {
            Self::CloudEvent(event) => event.event_type().into(),
            Self::EventGridEvent(event) => event.event_type().into(),
            Self::BinaryEvent(event) => event.event_type(),
        }
    }

    /// What happened, if it is an event that an Azure service publishes itself.
    pub fn system_event(&self) -> Option<SystemEvent> {
        let event_type = self.event_type();
        match event_type.as_str() {
            Some(event_type) => SystemEvent::from_type(event_type),
            None => SystemEvent::all().find(|event| event_type == event.event_type()),
        }
    }

    /// `subject`: what the event is about, within the source.
    pub fn subject(&self) -> Option<AttributeText<'a>> {
        match self {
            Self::CloudEvent(event) => event.subject().map(Into::into),
            Self::EventGridEvent(event) => Some(event.subject().into()),
            Self::BinaryEvent(event) => event.subject(),
        }
    }

    /// `time` of a CloudEvent, `eventTime` of the Event Grid schema: when it happened, as RFC 3339
    /// text.
    pub fn time(&self) -> Option<AttributeText<'a>> {
        match self {
            Self::CloudEvent(event) => event.time().map(Into::into),
            Self::EventGridEvent(event) => Some(event.event_time().into()),
            Self::BinaryEvent(event) => event.time(),
        }
    }

    /// The data.
    pub fn data(&self) -> DataView<'a> {
        match self {
            Self::CloudEvent(event) => event.data(),
            Self::EventGridEvent(event) => event.data(),
            Self::BinaryEvent(event) => event.data(),
        }
    }
}
