//! From the schema of a topic to that of a subscription.

use eventgrid::event::{CloudEventView, EventGridEventView, MalformedEvent};
use eventgrid::json::{JsonError, Kind, RawJson};

use super::attributes::Attributes;
use super::delivery_schema::DeliverySchema;
use super::input_schema::InputSchema;
use super::mapping::{InputSchemaMapping, find};

/// Converts events from the schema of a topic to that of a subscription.
///
/// ```
/// use eventgrid_push::{DeliverySchema, EventConverter, InputSchema, Publication};
///
/// let converter = EventConverter::new(InputSchema::EventGrid, DeliverySchema::CloudEvents)?;
/// let published = r#"{"id":"1","subject":"orders/17","eventType":"Ordered","eventTime":"2024-06-01T12:00:00Z",
///     "dataVersion":"2","data":{"total":9}}"#;
/// let publication = Publication::new("/subscriptions/s", "unused", "2024-06-01T12:00:01Z");
/// assert_eq!(
///     converter.convert(published, &publication)?,
///     r##"{"specversion":"1.0","type":"Ordered","source":"/subscriptions/s","id":"1","time":"2024-06-01T12:00:00Z","subject":"orders/17","dataschema":"#2","data":{"total":9}}"##
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventConverter {
    input: InputSchema,
    output: DeliverySchema,
}

/// What the service adds to an event that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publication<'a> {
    /// The resource id of the topic, which delivered events have as `topic` or `source`.
    pub topic: &'a str,
    /// The id of an event of a custom schema without one: a random UUID in the service.
    pub id: &'a str,
    /// When the event was published, as RFC 3339 text: the time of an event of a custom schema
    /// without one.
    pub time: &'a str,
}

impl<'a> Publication<'a> {
    /// With the resource id of the topic, and with the id and the time for events that have none.
    pub const fn new(topic: &'a str, id: &'a str, time: &'a str) -> Self {
        Self { topic, id, time }
    }
}

impl EventConverter {
    /// A converter between two schemas.
    ///
    /// # Errors
    /// [`UnsupportedConversion`] if the service has no such subscription
    /// (event-schema-compatibility, 2024-09-25): CloudEvents are delivered as nothing else, and
    /// only a topic with a custom schema delivers in one.
    pub fn new(input: InputSchema, output: DeliverySchema) -> Result<Self, UnsupportedConversion> {
        let is_supported = match (&input, output) {
            (InputSchema::EventGrid, DeliverySchema::EventGrid | DeliverySchema::CloudEvents)
            | (InputSchema::CloudEvents, DeliverySchema::CloudEvents)
            | (InputSchema::Custom(_), _) => true,
            (InputSchema::EventGrid | InputSchema::CloudEvents, _) => false,
        };
        if is_supported { Ok(Self { input, output }) } else { Err(UnsupportedConversion { output }) }
    }

    /// The event as the subscription delivers it, as JSON text.
    ///
    /// Data is copied as it is. A `CloudEvent`, and an event that is delivered in its custom
    /// schema, are copied as a whole.
    ///
    /// # Errors
    /// [`ConversionError`] if the text is not an event of the topic's schema.
    pub fn convert(&self, event: &str, publication: &Publication<'_>) -> Result<String, ConversionError> {
        let json = RawJson::parse(event).map_err(ConversionError::Json)?;
        if json.kind() != Kind::Object {
            return Err(MalformedEvent::NotAnObject.into());
        }
        let attributes = match &self.input {
            InputSchema::CloudEvents => {
                CloudEventView::parse(json)?;
                return Ok(json.as_str().to_owned());
            }
            InputSchema::Custom(_) if self.output == DeliverySchema::Custom => {
                return Ok(json.as_str().to_owned());
            }
            InputSchema::Custom(mapping) => of_custom_event(json, mapping, publication)?,
            InputSchema::EventGrid => of_event_grid_event(json, publication)?,
        };
        Ok(match self.output {
            DeliverySchema::CloudEvents => attributes.cloud_event(),
            DeliverySchema::EventGrid | DeliverySchema::Custom => attributes.event_grid(),
        })
    }
}

fn of_event_grid_event<'a>(
    json: RawJson<'a>,
    publication: &Publication<'a>,
) -> Result<Attributes<'a>, MalformedEvent> {
    let event = EventGridEventView::parse(json)?;
    Ok(Attributes {
        id: event.id().to_cow().into_owned(),
        topic: publication.topic,
        subject: event.subject().to_cow().into_owned(),
        event_type: event.event_type().to_cow().into_owned(),
        time: event.event_time().to_cow().into_owned(),
        data_version: event.data_version().map(|version| version.to_cow().into_owned()).unwrap_or_default(),
        data: event.data().as_json().ok().map(RawJson::as_str),
    })
}

fn of_custom_event<'a>(
    json: RawJson<'a>,
    mapping: &InputSchemaMapping,
    publication: &Publication<'a>,
) -> Result<Attributes<'a>, ConversionError> {
    let event_type = mapping.event_type.of(json).filter(|event_type| !event_type.is_empty());
    Ok(Attributes {
        id: find(json, mapping.id.as_deref()).unwrap_or_else(|| publication.id.to_owned()),
        topic: publication.topic,
        subject: mapping.subject.of(json).unwrap_or_default(),
        event_type: event_type.ok_or(ConversionError::NoEventType)?,
        time: find(json, mapping.event_time.as_deref()).unwrap_or_else(|| publication.time.to_owned()),
        data_version: mapping.data_version.of(json).unwrap_or_default(),
        data: Some(json.as_str()),
    })
}

/// A topic with that schema has no subscription that delivers in the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a topic with another schema cannot deliver {output}: CloudEvents are delivered as CloudEvents, and custom schemas \
     by topics that have one"
)]
pub struct UnsupportedConversion {
    output: DeliverySchema,
}

/// Why an event cannot be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConversionError {
    /// It is not JSON, or nested too deeply.
    #[error("the published event is not JSON")]
    Json(#[source] JsonError),
    /// It is not an event of the topic's schema.
    #[error("the published event is not one of the topic's schema")]
    Event(#[source] MalformedEvent),
    /// It has no type at the field of the mapping, and the mapping has no default.
    #[error(
        "the published event has no type at the field that the mapping names: give the mapping a default"
    )]
    NoEventType,
}

impl From<MalformedEvent> for ConversionError {
    fn from(error: MalformedEvent) -> Self {
        Self::Event(error)
    }
}
