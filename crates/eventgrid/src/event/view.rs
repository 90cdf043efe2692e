//! The event that a program receives: a view over the received bytes.

use core::fmt;

use crate::event::DataView;
use crate::event::attribute::CORE_NAMES;
use crate::event::members::{self, required};
use crate::json::{JsonError, JsonNumber, JsonStr, Kind, RawJson, Reader, TextRange};
use crate::text::Text;
use crate::trace::{TRACEPARENT, TRACESTATE, TraceContext};

/// A received CloudEvent: a view over the received bytes, whose attributes were checked.
///
/// The service rewrites events: the order of attributes and of the members of data, and the form of
/// the time, are not those of the publisher.
#[derive(Clone, Copy)]
pub struct CloudEventView<'b> {
    text: &'b str,
    places: EventRanges,
}

/// Where the parts of an event are in the text that it was read from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EventRanges {
    json: TextRange,
    /// Those of [`CORE_NAMES`], in that order. There is one of `data` or `data_base64`, if any.
    members: [Option<TextRange>; CORE_NAMES.len()],
}

/// Where the members are in [`CORE_NAMES`].
const ID: usize = 0;
const SOURCE: usize = 1;
const SPEC_VERSION: usize = 2;
const TYPE: usize = 3;
const SUBJECT: usize = 4;
const TIME: usize = 5;
const DATA_CONTENT_TYPE: usize = 6;
const DATA_SCHEMA: usize = 7;
const DATA: usize = 8;
const DATA_BASE64: usize = 9;

impl EventRanges {
    /// Reads the event at `at`. With it comes where it ends, so that what follows can be read even
    /// if it is malformed.
    pub(crate) fn read(
        &mut self,
        text: &str,
        at: usize,
    ) -> Result<(usize, Result<(), MalformedEvent>), JsonError> {
        let (end, read) = members::read(text, at, &CORE_NAMES, &mut self.members)?;
        self.json = TextRange::between(at, end);
        Ok((end, read.and_then(|()| check(text, &mut self.members))))
    }
}

fn check(text: &str, members: &mut [Option<TextRange>; CORE_NAMES.len()]) -> Result<(), MalformedEvent> {
    for (name, member) in [("id", members[ID]), ("source", members[SOURCE]), ("type", members[TYPE])] {
        required(name, member)?;
    }
    // No service sends another major version to a subscriber of this one.
    if let Some(version) = members[SPEC_VERSION] {
        let mut version = version.string(text).chars();
        if (version.next(), version.next()) != (Some('1'), Some('.')) {
            return Err(MalformedEvent::WrongType("specversion"));
        }
    }
    if let (Some(_), Some(data)) = (members[DATA_BASE64], members[DATA]) {
        // `null` beside bytes says no more than that there is no JSON.
        if data.value(text).as_str() != "null" {
            return Err(MalformedEvent::DataTwice);
        }
        members[DATA] = None;
    }
    Ok(())
}

impl<'b> CloudEventView<'b> {
    /// Reads the attributes of an event (CloudEvents 1.0, JSON event format). An attribute that is
    /// `null` counts as absent; `data` that is `null` is data all the same.
    ///
    /// # Errors
    /// [`MalformedEvent`] names the attribute that is missing, doubled or of the wrong type.
    pub fn parse(json: RawJson<'b>) -> Result<Self, MalformedEvent> {
        let mut places = EventRanges::default();
        places.read(json.as_str(), 0)?.1?;
        Ok(Self::found(json.as_str(), places))
    }

    /// The event at these places, which were found in this text.
    pub(crate) fn found(text: &'b str, places: EventRanges) -> Self {
        Self { text, places }
    }

    /// Where its parts are in its own text, so that a copy of that can be viewed without being read
    /// again.
    #[cfg(feature = "alloc")]
    pub(crate) fn places(&self) -> EventRanges {
        let start = self.places.json.start();
        let back = |place: TextRange| place.moved_back(start);
        EventRanges {
            json: back(self.places.json),
            members: self.places.members.map(|place| place.map(back)),
        }
    }

    fn text(&self, member: usize) -> Option<JsonStr<'b>> {
        Some(self.places.members.get(member).copied()??.string(self.text))
    }

    /// `id`: together with `source`, it identifies the event.
    pub fn id(&self) -> JsonStr<'b> {
        self.text(ID).unwrap_or_default()
    }

    /// `source`: where the event happened.
    pub fn source(&self) -> JsonStr<'b> {
        self.text(SOURCE).unwrap_or_default()
    }

    /// `type`: what happened.
    pub fn event_type(&self) -> JsonStr<'b> {
        self.text(TYPE).unwrap_or_default()
    }

    /// `subject`: what the event is about, within the source.
    pub fn subject(&self) -> Option<JsonStr<'b>> {
        self.text(SUBJECT)
    }

    /// `time`: when it happened, as RFC 3339 text.
    pub fn time(&self) -> Option<JsonStr<'b>> {
        self.text(TIME)
    }

    /// `datacontenttype`: the media type of the data.
    pub fn data_content_type(&self) -> Option<JsonStr<'b>> {
        self.text(DATA_CONTENT_TYPE)
    }

    /// `dataschema`: a URI of the schema that the data adheres to.
    pub fn data_schema(&self) -> Option<JsonStr<'b>> {
        self.text(DATA_SCHEMA)
    }

    /// The data.
    pub fn data(&self) -> DataView<'b> {
        if let Some(json) = self.places.members[DATA] {
            DataView::Json(json.value(self.text))
        } else {
            self.text(DATA_BASE64).map_or(DataView::Absent, DataView::Base64)
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

    /// The trace that the publisher's operation was a part of, from the extension attributes
    /// `traceparent` and `tracestate` (CloudEvents distributed tracing extension). `None` if they
    /// are missing or not valid. If only `tracestate` is not valid, or has escapes and there is no
    /// heap to decode it on, it is left out.
    ///
    /// ```
    /// use eventgrid::event::CloudEventView;
    /// use eventgrid::json::RawJson;
    ///
    /// let json = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created",
    ///     "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#;
    /// let event = CloudEventView::parse(RawJson::parse(json)?)?;
    /// let trace = event.trace_context().expect("it has one");
    /// assert_eq!(trace.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trace_context(&self) -> Option<TraceContext<'b>> {
        let text = |name| match self.extension(name)? {
            ExtensionView::String(text) => attribute_text(text),
            _ => None,
        };
        TraceContext::received(text(TRACEPARENT)?, text(TRACESTATE))
    }

    /// The whole event, as the JSON it came as.
    pub fn as_json(&self) -> RawJson<'b> {
        self.places.json.value(self.text)
    }
}

/// The text of an attribute, as far as it can be decoded.
#[cfg_attr(
    feature = "alloc",
    allow(clippy::unnecessary_wraps, reason = "without a heap it is not always there")
)]
fn attribute_text(text: JsonStr<'_>) -> Option<Text<'_>> {
    #[cfg(feature = "alloc")]
    return Some(Text::from(text.to_cow()));
    #[cfg(not(feature = "alloc"))]
    text.as_str().map(Text::borrowed)
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
    /// A value that no extension attribute should have: an array, an object, or text with half of a
    /// surrogate pair.
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

/// Why a received event cannot be read. If it was received by pull delivery, it still has its lock
/// token, so that it can be rejected or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedEvent {
    /// There is no event beside the broker's properties.
    NoEvent,
    /// It is not a JSON object.
    NotAnObject,
    /// An attribute that every event must have is missing.
    Missing(&'static str),
    /// A member is there twice: an attribute, the data, or the lock token.
    Doubled(&'static str),
    /// It has both `data` and `data_base64`, and neither is `null`.
    DataTwice,
    /// An attribute has a value of the wrong type.
    WrongType(&'static str),
    /// Its delivery count is missing or not a whole number.
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
            Self::NotAnObject => f.write_str("it is not a JSON object"),
            Self::Missing(name) => write!(f, "its attribute `{name}` is missing"),
            Self::Doubled(name) => write!(f, "it has `{name}` twice"),
            Self::DataTwice => {
                f.write_str("it has both `data` and `data_base64`; an event has at most one of them")
            }
            Self::WrongType(name) => write!(f, "its attribute `{name}` has a value of the wrong type"),
            Self::DeliveryCount => f.write_str("its delivery count is missing, or not a whole number"),
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
