//! Events of any schema.

use std::fmt;

use clap::ValueEnum;
use eventgrid::CloudEvent;
use eventgrid::event::{
    CloudEventView, ConversionError, CustomEvent, EventGridEvent, EventGridEventView, MalformedEvent,
};
use eventgrid::json::{JsonError, RawJson, WriteError};

/// The schema of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventSchema {
    /// CloudEvents 1.0, which every target takes.
    #[default]
    #[value(name = "cloudevents")]
    CloudEvents,
    /// The Event Grid schema, for targets other than namespaces.
    #[value(name = "eventgrid")]
    EventGrid,
    /// Any JSON, for topics and domains that are configured for a schema of their own.
    Custom,
}

/// An event of any schema.
#[derive(Debug, Clone)]
pub(crate) enum AnyEvent<'a> {
    /// CloudEvents 1.0.
    Cloud(CloudEvent<'a>),
    /// The Event Grid schema.
    EventGrid(EventGridEvent<'a>),
    /// A schema of one's own.
    Custom(CustomEvent<'a>),
}

impl<'a> AnyEvent<'a> {
    /// Reads a whole event.
    ///
    /// # Errors
    /// [`EventFault`] if it is not JSON, or no event of that schema.
    pub(crate) fn from_json(schema: EventSchema, text: &'a str) -> Result<Self, EventFault> {
        Ok(match schema {
            EventSchema::CloudEvents => {
                Self::Cloud(CloudEventView::parse(RawJson::parse(text)?)?.to_event()?)
            }
            EventSchema::EventGrid => {
                Self::EventGrid(EventGridEventView::parse(RawJson::parse(text)?)?.to_event())
            }
            EventSchema::Custom => Self::Custom(CustomEvent::raw_json(text)?),
        })
    }

    /// The same event, without what it was read from.
    ///
    /// # Errors
    /// [`EventFault`] if its data cannot be written.
    pub(crate) fn into_owned(self) -> Result<AnyEvent<'static>, EventFault> {
        let fault = |error: WriteError| EventFault::new(error.to_string());
        Ok(match self {
            Self::Cloud(event) => AnyEvent::Cloud(event.into_owned().map_err(fault)?),
            Self::EventGrid(event) => AnyEvent::EventGrid(event.into_owned().map_err(fault)?),
            Self::Custom(event) => AnyEvent::Custom(event.into_owned().map_err(fault)?),
        })
    }

    /// The same event, for that topic of a domain. An event of a schema of one's own stays as it
    /// is: where it says that is known to the domain alone.
    pub(crate) fn for_domain_topic(self, topic: &'a str) -> Self {
        match self {
            Self::Cloud(event) => Self::Cloud(event.for_domain_topic(topic)),
            Self::EventGrid(event) => Self::EventGrid(event.for_domain_topic(topic)),
            Self::Custom(event) => Self::Custom(event),
        }
    }
}

/// What is wrong with an event that was read, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventFault(String);

impl EventFault {
    /// A fault that is no other error's.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for EventFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<JsonError> for EventFault {
    fn from(error: JsonError) -> Self {
        Self(error.to_string())
    }
}

impl From<MalformedEvent> for EventFault {
    fn from(error: MalformedEvent) -> Self {
        let text = eventgrid::with_causes(&error).to_string();
        // It was not received.
        Self(text.replace("the received event is malformed: ", "this is not an event of the schema: "))
    }
}

impl From<ConversionError> for EventFault {
    fn from(error: ConversionError) -> Self {
        Self(error.to_string())
    }
}
