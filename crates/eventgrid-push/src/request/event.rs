//! An event that is about to be pushed.

use eventgrid::event::{CloudEventView, EventGridEventView, MalformedEvent};
use eventgrid::json::{JsonError, JsonStr, Kind, RawJson, Reader};

use crate::json;
use crate::schema::DeliverySchema;

/// An event that is about to be pushed, in the schema of the subscription: JSON text that was
/// checked, by this type or by its caller.
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
    json: &'a str,
    /// `None` if there is none, or as long as no header needs it.
    id: Option<JsonStr<'a>>,
    /// What headers say of it, like the id.
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
        Ok(Self { schema, json: json.as_str(), id, data_version, version })
    }

    /// A CloudEvent 1.0 that was checked before, for example when it was published. Its text is not
    /// read again, so that a push of many events costs little more than their bytes.
    ///
    /// `json` must be what [`parse`](Self::parse) accepts, which is not checked, with the
    /// `specversion` 1.0.
    ///
    /// ```
    /// use eventgrid_push::{DeliverySchema, PushSettings, PushedEvent};
    ///
    /// let json = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Ordered"}"#;
    /// let event = PushedEvent::of_checked_cloud_event(json);
    ///
    /// let request = PushSettings::new(DeliverySchema::CloudEvents, "billing")?.request(&[event], 0)?;
    /// assert_eq!(request.headers()["aeg-output-event-id"], "1");
    /// assert_eq!(request.headers()["aeg-metadata-version"], "1.0");
    /// assert_eq!(request.body(), json.as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_checked_cloud_event(json: &'a str) -> Self {
        let version = Reader::new("\"1.0\"").string().ok();
        Self { schema: DeliverySchema::CloudEvents, json, id: None, data_version: None, version }
    }

    /// The schema.
    pub fn schema(&self) -> DeliverySchema {
        self.schema
    }

    /// The event.
    pub fn as_str(&self) -> &'a str {
        self.json
    }

    /// The length in bytes, for [`Batching::next_batch`](super::Batching::next_batch).
    pub fn len(&self) -> usize {
        self.json.len()
    }

    /// Always false: an event has at least its braces.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The `id`; `None` if it has none that is a string.
    pub(super) fn id(&self) -> Option<JsonStr<'a>> {
        let read = || json::first_text(self.json, "id");
        self.id.or_else(|| if self.schema == DeliverySchema::Custom { None } else { read() })
    }

    /// The event as JSON; `None` if its caller was wrong about having checked it.
    pub(super) fn as_json(&self) -> Option<RawJson<'a>> {
        RawJson::parse(self.json).ok()
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
