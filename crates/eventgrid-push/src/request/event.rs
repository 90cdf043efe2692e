//! An event that is about to be pushed.

use eventgrid::event::{CloudEventView, EventGridEventView, MalformedEvent};
use eventgrid::json::{JsonError, JsonStr, Kind, RawJson};

use crate::json;
use crate::schema::DeliverySchema;

/// An event that is about to be pushed, in the schema of the subscription: JSON text that was
/// checked.
///
/// ```
/// use eventgrid_push::{DeliverySchema, PushedEvent};
///
/// let json = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Ordered"}"#;
/// let event = PushedEvent::parse(DeliverySchema::CloudEvents, json)?;
/// assert_eq!(event.len(), json.len());
/// # Ok::<(), eventgrid_push::InvalidPushedEvent>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PushedEvent<'a> {
    schema: DeliverySchema,
    json: RawJson<'a>,
    /// What headers say of it.
    pub(super) id: Option<JsonStr<'a>>,
    pub(super) data_version: Option<JsonStr<'a>>,
    /// Of the schema: `metadataVersion` or `specversion`.
    pub(super) version: Option<JsonStr<'a>>,
}

impl<'a> PushedEvent<'a> {
    /// Checks that the text is an event in that schema, so that a receiver can read it. In a custom
    /// schema, any object is an event.
    ///
    /// # Errors
    /// [`InvalidPushedEvent`] if it is not.
    pub fn parse(schema: DeliverySchema, json: &'a str) -> Result<Self, InvalidPushedEvent> {
        let json = RawJson::parse(json).map_err(InvalidPushedEvent::Json)?;
        let [id, data_version, version] = match schema {
            DeliverySchema::EventGrid => {
                EventGridEventView::parse(json)?;
                json::texts(json, ["id", "dataVersion", "metadataVersion"])
            }
            DeliverySchema::CloudEvents => {
                let event = CloudEventView::parse(json)?;
                let [version] = json::texts(json, ["specversion"]);
                [Some(event.id()), None, version]
            }
            DeliverySchema::Custom if json.kind() == Kind::Object => [None; 3],
            DeliverySchema::Custom => return Err(MalformedEvent::NotAnObject.into()),
        };
        Ok(Self { schema, json, id, data_version, version })
    }

    /// The schema.
    pub fn schema(&self) -> DeliverySchema {
        self.schema
    }

    /// The event.
    pub fn as_str(&self) -> &'a str {
        self.json.as_str()
    }

    /// The length in bytes, for [`Batching::next_batch`](super::Batching::next_batch).
    pub fn len(&self) -> usize {
        self.json.as_str().len()
    }

    /// Always false: an event has at least its braces.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The value of a dynamic delivery property for this event.
    pub(super) fn scalar_at(&self, path: &str) -> Option<String> {
        json::scalar(json::at(self.json, path.strip_prefix("$.").unwrap_or(path))?)
    }
}

/// Why a text is not an event that can be pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPushedEvent {
    /// It is not JSON, or nested too deeply.
    #[error("the event to be pushed is not JSON")]
    Json(#[source] JsonError),
    /// It is not an event of the schema.
    #[error("the event to be pushed is not one of its schema")]
    Event(#[source] MalformedEvent),
}

impl From<MalformedEvent> for InvalidPushedEvent {
    fn from(error: MalformedEvent) -> Self {
        Self::Event(error)
    }
}
