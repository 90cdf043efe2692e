//! Events that are sent together.

use std::ops::Range;

use eventgrid::calls::EncodedEvents;
use eventgrid::event::BinaryMode;
use eventgrid::target::{CloudEvents, CustomSchema, EventGridSchema};
use eventgrid::{
    CloudEvent, Data, EndpointKind, Error, RequestError, SendFailureReason, SendReport, Transport,
    TransportError, with_causes,
};

use super::Publisher;
use crate::arguments::PublishArguments;
use crate::events::{AnyEvent, EventFault, EventSchema};
use crate::failure::FailureKind;

/// Events that are ready to be sent, all of them of one schema.
pub(super) enum Chunk {
    Cloud(EncodedEvents<CloudEvents>),
    EventGrid(EncodedEvents<EventGridSchema>),
    Custom(EncodedEvents<CustomSchema>),
    /// Each is sent by itself. The text is what it would be otherwise.
    Binary(Vec<CloudEvent<'static>>, EncodedEvents<CloudEvents>),
}

/// Neighbours that were not accepted, and why.
pub(super) struct Refusal {
    /// Their positions in the chunk, from 0.
    pub(super) events: Range<usize>,
    /// What kind of failure it is.
    pub(super) kind: FailureKind,
    /// Why, in one line.
    pub(super) message: String,
    /// Whether all others would be refused as well.
    pub(super) is_hopeless: bool,
}

impl Chunk {
    /// An empty one for what the arguments ask for, and for that part of the service.
    pub(super) fn new(arguments: &PublishArguments, kind: EndpointKind) -> Self {
        match arguments.schema {
            EventSchema::CloudEvents if arguments.binary => {
                Self::Binary(Vec::new(), EncodedEvents::new(kind))
            }
            EventSchema::CloudEvents => Self::Cloud(EncodedEvents::new(kind)),
            EventSchema::EventGrid => Self::EventGrid(EncodedEvents::new(kind)),
            EventSchema::Custom => Self::Custom(EncodedEvents::new(kind)),
        }
    }

    /// Adds an event. Its size in bytes is returned.
    ///
    /// # Errors
    /// [`EventFault`] if that part of the service would refuse it.
    pub(super) fn push(&mut self, event: AnyEvent<'_>) -> Result<usize, EventFault> {
        let fault = |error: RequestError| fault(&error);
        match (&mut *self, event) {
            (Self::Cloud(events), AnyEvent::Cloud(event)) => events.push(&event, None).map_err(fault)?,
            (Self::EventGrid(events), AnyEvent::EventGrid(event)) => {
                events.push(&event, None).map_err(fault)?;
            }
            (Self::Custom(events), AnyEvent::Custom(event)) => events.push(&event, None).map_err(fault)?,
            (Self::Binary(events, encoded), AnyEvent::Cloud(event)) => {
                let mut event = event.into_owned().map_err(|error| EventFault::new(error.to_string()))?;
                // The body needs a media type. Without one, the data of a CloudEvent is JSON.
                if !matches!(event.data, Data::Bytes(_)) {
                    event.data_content_type.get_or_insert("application/json".into());
                }
                encoded.push(&event, None).map_err(fault)?;
                events.push(event);
            }
            _ => return Err(EventFault::new("the event is of another schema")),
        }
        Ok(self.json(self.len().saturating_sub(1)).len())
    }

    /// Adds an event that is JSON text already and may be sent exactly as it came. Its size in
    /// bytes is returned; `None` if it has to be taken apart, and then nothing is added.
    pub(super) fn push_as_it_came(&mut self, text: &str) -> Option<usize> {
        let Self::Cloud(events) = self else { return None };
        events.push_as_it_came(text).then(|| text.trim_ascii().len())
    }

    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Cloud(events) | Self::Binary(_, events) => events.len(),
            Self::EventGrid(events) => events.len(),
            Self::Custom(events) => events.len(),
        }
    }

    /// The event at that position, as one JSON value.
    pub(super) fn json(&self, index: usize) -> &str {
        match self {
            Self::Cloud(events) | Self::Binary(_, events) => json_of(events, index),
            Self::EventGrid(events) => json_of(events, index),
            Self::Custom(events) => json_of(events, index),
        }
    }

    /// Removes all events.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Cloud(events) => events.clear(),
            Self::EventGrid(events) => events.clear(),
            Self::Custom(events) => events.clear(),
            Self::Binary(events, encoded) => {
                events.clear();
                encoded.clear();
            }
        }
    }

    /// Sends the events, and tells which were not accepted.
    pub(super) fn send<T: Transport>(&self, publisher: &Publisher<T>) -> Vec<Refusal> {
        match self {
            Self::Cloud(events) => refusals(publisher.send_all(&events.iter().collect::<Vec<_>>())),
            Self::EventGrid(events) => refusals(publisher.send_all(&events.iter().collect::<Vec<_>>())),
            Self::Custom(events) => refusals(publisher.send_all(&events.iter().collect::<Vec<_>>())),
            Self::Binary(events, _) => send_by_itself(publisher, events),
        }
    }
}

fn json_of<S>(events: &EncodedEvents<S>, index: usize) -> &str {
    events.get(index).map_or("", |event| event.json().as_str())
}

fn send_by_itself<T: Transport>(publisher: &Publisher<T>, events: &[CloudEvent<'static>]) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Err(error) = publisher.send(&BinaryMode(event)) else { continue };
        // What is wrong with one event is not wrong with the next one.
        let is_hopeless = is_hopeless(&error) && !matches!(error, Error::Request(RequestError::Event { .. }));
        let events = index..if is_hopeless { events.len() } else { index + 1 };
        let message = match &error {
            Error::Request(error) => fault(error).to_string(),
            error => with_causes(error).to_string(),
        };
        refusals.push(Refusal { events, kind: FailureKind::of_call(&error), message, is_hopeless });
        if is_hopeless {
            break;
        }
    }
    refusals
}

fn refusals<X: TransportError>(report: SendReport<X>) -> Vec<Refusal> {
    let mut last = FailureKind::Other;
    let refusal = |failure: eventgrid::SendFailure<X>| {
        let events = failure.events();
        let (kind, message, is_hopeless) = match failure.into_reason() {
            SendFailureReason::Failed(error) => (
                FailureKind::of_call(&error),
                with_causes(&error).to_string(),
                is_hopeless(&error) && !error.is_too_large(),
            ),
            SendFailureReason::NotAttempted => {
                (last, "not sent, since it would be refused for the same reason".to_owned(), true)
            }
            SendFailureReason::Invalid(error) => (FailureKind::Usage, fault(&error).to_string(), false),
            reason => (FailureKind::Usage, reason.to_string(), false),
        };
        last = kind;
        Refusal { events, kind, message, is_hopeless }
    };
    report.into_failures().into_iter().map(refusal).collect()
}

/// Whether the same would become of every other event.
fn is_hopeless<X>(error: &Error<'_, X>) -> bool {
    error.is_unauthorized()
        || error.is_not_found()
        || matches!(error, Error::Request(_) | Error::Credential { .. })
}

/// What is wrong with one event, without its position in a call that is not made yet.
fn fault(error: &RequestError) -> EventFault {
    match error {
        RequestError::Event { reason, .. } => EventFault::new(reason.to_string()),
        error => EventFault::new(with_causes(error).to_string()),
    }
}
