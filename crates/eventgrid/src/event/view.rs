//! The event that a program receives: a view over the bytes that came.

use core::fmt;

use crate::event::DataView;
use crate::event::attribute::CORE_NAMES;
use crate::json::{JsonError, JsonNumber, JsonStr, Kind, RawJson, Reader};

/// A CloudEvent that was received: a view over the bytes that came, its attributes checked.
///
/// The service writes events anew: the order of attributes, of the members of data, and the spelling of time are not
/// those of the publisher.
#[derive(Debug, Clone, Copy)]
pub struct CloudEventView<'b> {
    pub(super) json: RawJson<'b>,
    pub(super) id: JsonStr<'b>,
    pub(super) source: JsonStr<'b>,
    pub(super) event_type: JsonStr<'b>,
    pub(super) subject: Option<JsonStr<'b>>,
    pub(super) time: Option<JsonStr<'b>>,
    pub(super) data_content_type: Option<JsonStr<'b>>,
    pub(super) data_schema: Option<JsonStr<'b>>,
    pub(super) data: DataView<'b>,
}

impl<'b> CloudEventView<'b> {
    /// Reads the attributes of an event (CloudEvents 1.0, JSON event format). An attribute that is `null` counts as absent;
    /// `data` that is `null` is data all the same.
    ///
    /// # Errors
    /// [`MalformedEvent`] names the attribute that is missing, doubled or of the wrong type.
    pub fn parse(json: RawJson<'b>) -> Result<Self, MalformedEvent> {
        let [id, source, version, event_type, subject, time, content_type, schema, data, base64] =
            members(json, &CORE_NAMES)?;
        // No service sends another major version to a subscriber of this one.
        if let Some(version) = optional("specversion", version)? {
            if !version.chars().take(2).eq("1.".chars()) {
                return Err(MalformedEvent::WrongType("specversion"));
            }
        }
        let base64 = optional("data_base64", base64)?;
        let data = match (data, base64) {
            (None, None) => DataView::Absent,
            (Some(json), None) => DataView::Json(json),
            (None, Some(base64)) => DataView::Base64(base64),
            // `null` beside bytes says no more than that there is no JSON.
            (Some(json), Some(base64)) if json.kind() == Kind::Null => DataView::Base64(base64),
            (Some(_), Some(_)) => return Err(MalformedEvent::Doubled("data")),
        };
        Ok(Self {
            json,
            id: required("id", id)?,
            source: required("source", source)?,
            event_type: required("type", event_type)?,
            subject: optional("subject", subject)?,
            time: optional("time", time)?,
            data_content_type: optional("datacontenttype", content_type)?,
            data_schema: optional("dataschema", schema)?,
            data,
        })
    }

    /// `id`: with `source`, it tells this event from every other one.
    pub fn id(&self) -> JsonStr<'b> {
        self.id
    }

    /// `source`: where it happened.
    pub fn source(&self) -> JsonStr<'b> {
        self.source
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> JsonStr<'b> {
        self.event_type
    }

    /// `subject`: to what it happened, within the source.
    pub fn subject(&self) -> Option<JsonStr<'b>> {
        self.subject
    }

    /// `time`: when it happened, as RFC 3339 text.
    pub fn time(&self) -> Option<JsonStr<'b>> {
        self.time
    }

    /// `datacontenttype`: the media type of the data.
    pub fn data_content_type(&self) -> Option<JsonStr<'b>> {
        self.data_content_type
    }

    /// `dataschema`: a URI of the schema that the data adheres to.
    pub fn data_schema(&self) -> Option<JsonStr<'b>> {
        self.data_schema
    }

    /// The data.
    pub fn data(&self) -> DataView<'b> {
        self.data
    }

    /// The extension attributes, in the order they came.
    pub fn extensions(&self) -> ExtensionViews<'b> {
        let mut reader = self.json.reader();
        // It was read as an object before.
        let reader = reader.begin_object().is_ok().then_some(reader);
        ExtensionViews { reader }
    }

    /// The value of one extension attribute.
    pub fn extension(&self, name: &str) -> Option<ExtensionView<'b>> {
        self.extensions().find(|(candidate, _)| *candidate == *name).map(|(_, value)| value)
    }

    /// The whole event, as the JSON it came as.
    pub fn as_json(&self) -> RawJson<'b> {
        self.json
    }
}

/// The values of the members of these names, at the places of their names.
pub(super) fn members<'b, const N: usize>(
    json: RawJson<'b>,
    names: &[&'static str; N],
) -> Result<[Option<RawJson<'b>>; N], MalformedEvent> {
    let mut found: [Option<RawJson<'b>>; N] = [None; N];
    let mut reader = json.reader();
    if reader.kind()? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        let value = reader.value()?;
        let position = names.iter().position(|known| name == **known);
        let slot = position.and_then(|position| Some((found.get_mut(position)?, names.get(position)?)));
        match slot {
            Some((slot @ None, _)) => *slot = Some(value),
            Some((Some(_), name)) => return Err(MalformedEvent::Doubled(name)),
            None => {}
        }
    }
    Ok(found)
}

pub(super) fn required<'b>(
    name: &'static str,
    value: Option<RawJson<'b>>,
) -> Result<JsonStr<'b>, MalformedEvent> {
    optional(name, value)?.ok_or(MalformedEvent::Missing(name))
}

pub(super) fn optional<'b>(
    name: &'static str,
    value: Option<RawJson<'b>>,
) -> Result<Option<JsonStr<'b>>, MalformedEvent> {
    let Some(value) = value else { return Ok(None) };
    match value.kind() {
        Kind::Null => Ok(None),
        Kind::String => Ok(Some(value.reader().string()?)),
        _ => Err(MalformedEvent::WrongType(name)),
    }
}

/// The value of an extension attribute of a [`CloudEventView`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ExtensionView<'b> {
    /// Text.
    String(JsonStr<'b>),
    /// A number.
    Number(JsonNumber<'b>),
    /// True or false.
    Boolean(bool),
    /// What no extension attribute should be: an array, an object, or text with half of a surrogate pair.
    Other(RawJson<'b>),
}

/// The extension attributes of a [`CloudEventView`]; those that are `null` are left out.
#[derive(Debug, Clone)]
pub struct ExtensionViews<'b> {
    reader: Option<Reader<'b>>,
}

impl<'b> Iterator for ExtensionViews<'b> {
    type Item = (JsonStr<'b>, ExtensionView<'b>);

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        loop {
            // The event was checked as a whole before, so an error cannot come.
            let name = reader.next_member().ok()??;
            let value = reader.value().ok()?;
            if CORE_NAMES.iter().any(|core| name == **core) || value.kind() == Kind::Null {
                continue;
            }
            return Some((name, ExtensionView::new(value)));
        }
    }
}

impl<'b> ExtensionView<'b> {
    fn new(value: RawJson<'b>) -> Self {
        let mut reader = value.reader();
        let typed = match value.kind() {
            Kind::String => reader.string().map(Self::String),
            Kind::Number => reader.number().map(Self::Number),
            Kind::Boolean => reader.boolean().map(Self::Boolean),
            _ => Ok(Self::Other(value)),
        };
        typed.unwrap_or(Self::Other(value))
    }
}

/// Why a received event cannot be read. If it was pulled, its lock token is there all the same, to reject or release it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedEvent {
    /// There is no event beside the broker's properties.
    NoEvent,
    /// It is no JSON object.
    NotAnObject,
    /// An attribute that every event must have is missing.
    Missing(&'static str),
    /// A member stands there twice: an attribute, the data in both of its forms, or the lock token.
    Doubled(&'static str),
    /// An attribute has a value of the wrong type.
    WrongType(&'static str),
    /// Its delivery count is missing or no whole number.
    DeliveryCount,
    /// It is nested too deeply, or has text with half of a surrogate pair.
    Json(JsonError),
}

impl From<JsonError> for MalformedEvent {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for MalformedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the received event is malformed: ")?;
        match self {
            Self::NoEvent => f.write_str("it came without the event itself"),
            Self::NotAnObject => f.write_str("it is no JSON object"),
            Self::Missing(name) => write!(f, "its attribute `{name}` is missing"),
            Self::Doubled(name) => write!(f, "its `{name}` stands there twice"),
            Self::WrongType(name) => write!(f, "its attribute `{name}` has a value of the wrong type"),
            Self::DeliveryCount => f.write_str("its delivery count is missing or no whole number"),
            Self::Json(_) => f.write_str("it cannot be read as JSON"),
        }
    }
}

impl core::error::Error for MalformedEvent {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}
