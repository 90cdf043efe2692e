//! The event that a program receives: a view over the bytes that came.

use core::fmt;

use crate::event::DataView;
use crate::event::attribute::CORE_NAMES;
use crate::event::members::{self, Members, optional, required};
use crate::json::{JsonError, JsonNumber, JsonStr, Kind, Place, RawJson, Reader};

/// A CloudEvent that was received: a view over the bytes that came, its attributes checked.
///
/// The service writes events anew: the order of attributes, of the members of data, and the spelling of time are not
/// those of the publisher.
#[derive(Clone, Copy)]
pub struct CloudEventView<'b> {
    text: &'b str,
    places: EventPlaces,
}

/// Where the parts of an event are in the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventPlaces {
    json: Place,
    id: Place,
    source: Place,
    event_type: Place,
    subject: Option<Place>,
    time: Option<Place>,
    data_content_type: Option<Place>,
    data_schema: Option<Place>,
    data: DataPlace,
}

#[derive(Debug, Clone, Copy)]
enum DataPlace {
    Absent,
    Json(Place),
    Base64(Place),
}

impl EventPlaces {
    /// Reads the event at `at`. With it comes where it ends, so that what follows can be read even if it is malformed.
    pub(crate) fn read(text: &str, at: usize) -> Result<(usize, Result<Self, MalformedEvent>), JsonError> {
        let (end, found) = members::read(text, at, &CORE_NAMES)?;
        Ok((end, found.and_then(|found| Self::new(text, Place::between(at, end), found))))
    }

    fn new(text: &str, json: Place, found: Members<{ CORE_NAMES.len() }>) -> Result<Self, MalformedEvent> {
        let [id, source, version, event_type, subject, time, content_type, schema, data, base64] = found;
        // No service sends another major version to a subscriber of this one.
        if let Some(version) = optional("specversion", version)? {
            if !version.string(text).chars().take(2).eq("1.".chars()) {
                return Err(MalformedEvent::WrongType("specversion"));
            }
        }
        let base64 = optional("data_base64", base64)?;
        let data = match (data, base64) {
            (None, None) => DataPlace::Absent,
            (Some(json), None) => DataPlace::Json(json.place),
            (None, Some(base64)) => DataPlace::Base64(base64),
            // `null` beside bytes says no more than that there is no JSON.
            (Some(json), Some(base64)) if json.kind == Kind::Null => DataPlace::Base64(base64),
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
}

impl<'b> CloudEventView<'b> {
    /// Reads the attributes of an event (CloudEvents 1.0, JSON event format). An attribute that is `null` counts as absent;
    /// `data` that is `null` is data all the same.
    ///
    /// # Errors
    /// [`MalformedEvent`] names the attribute that is missing, doubled or of the wrong type.
    pub fn parse(json: RawJson<'b>) -> Result<Self, MalformedEvent> {
        let (_, places) = EventPlaces::read(json.as_str(), 0)?;
        Ok(Self::found(json.as_str(), places?))
    }

    /// The event at these places, which were found in this text.
    pub(crate) fn found(text: &'b str, places: EventPlaces) -> Self {
        Self { text, places }
    }

    /// Where its parts are in its own text, so that a copy of that can be viewed without being read again.
    #[cfg(feature = "alloc")]
    pub(crate) fn places(&self) -> EventPlaces {
        let start = self.places.json.start();
        let back = |place: Place| place.moved_back(start);
        let EventPlaces { json, id, source, event_type, subject, time, data_content_type, data_schema, data } =
            self.places;
        EventPlaces {
            json: back(json),
            id: back(id),
            source: back(source),
            event_type: back(event_type),
            subject: subject.map(back),
            time: time.map(back),
            data_content_type: data_content_type.map(back),
            data_schema: data_schema.map(back),
            data: match data {
                DataPlace::Absent => DataPlace::Absent,
                DataPlace::Json(place) => DataPlace::Json(back(place)),
                DataPlace::Base64(place) => DataPlace::Base64(back(place)),
            },
        }
    }

    /// `id`: with `source`, it tells this event from every other one.
    pub fn id(&self) -> JsonStr<'b> {
        self.places.id.string(self.text)
    }

    /// `source`: where it happened.
    pub fn source(&self) -> JsonStr<'b> {
        self.places.source.string(self.text)
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> JsonStr<'b> {
        self.places.event_type.string(self.text)
    }

    /// `subject`: to what it happened, within the source.
    pub fn subject(&self) -> Option<JsonStr<'b>> {
        self.places.subject.map(|place| place.string(self.text))
    }

    /// `time`: when it happened, as RFC 3339 text.
    pub fn time(&self) -> Option<JsonStr<'b>> {
        self.places.time.map(|place| place.string(self.text))
    }

    /// `datacontenttype`: the media type of the data.
    pub fn data_content_type(&self) -> Option<JsonStr<'b>> {
        self.places.data_content_type.map(|place| place.string(self.text))
    }

    /// `dataschema`: a URI of the schema that the data adheres to.
    pub fn data_schema(&self) -> Option<JsonStr<'b>> {
        self.places.data_schema.map(|place| place.string(self.text))
    }

    /// The data.
    pub fn data(&self) -> DataView<'b> {
        match self.places.data {
            DataPlace::Absent => DataView::Absent,
            DataPlace::Json(place) => DataView::Json(place.value(self.text)),
            DataPlace::Base64(place) => DataView::Base64(place.string(self.text)),
        }
    }

    /// The extension attributes, in the order they came.
    pub fn extensions(&self) -> ExtensionViews<'b> {
        let mut reader = self.as_json().reader();
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
        self.places.json.value(self.text)
    }
}

impl fmt::Debug for CloudEventView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CloudEventView").field(&self.as_json()).finish()
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
