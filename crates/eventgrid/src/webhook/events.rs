//! The events of a delivery, checked once as a whole.

use core::fmt;

use super::binary_event_view::BinaryEventView;
use super::content::Content;
use super::delivered_event::DeliveredEvent;
use super::request::DeliveryHeaders;
use super::response::WebhookResponse;
use crate::event::{CloudEventView, EventGridEventView, MalformedEvent};
use crate::json::{JsonError, Kind, RawJson, Reader};

/// The events of a delivery: one, or several if the subscription delivers in batches.
///
/// An event that cannot be read does not prevent the others from being read. Events of a custom
/// schema cannot be read by this: read the body of the request yourself.
#[derive(Clone, Copy)]
pub struct Events<'a> {
    headers: DeliveryHeaders<'a>,
    body: &'a [u8],
    content: Content,
    len: usize,
}

impl<'a> Events<'a> {
    pub(super) fn read(
        headers: DeliveryHeaders<'a>,
        content: Content,
        body: &'a [u8],
    ) -> Result<Self, JsonError> {
        let mut source = Source::open(headers, content, body)?;
        let mut len = 0;
        while source.next()?.is_some() {
            len += 1;
        }
        Ok(Self { headers, body, content, len })
    }

    /// How many events there are, including those that cannot be read.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The events, in the order they came. In place of an event that cannot be read there is an
    /// error.
    pub fn iter(&self) -> DeliveredEvents<'a> {
        // It was read before, so an error cannot come.
        let source = Source::open(self.headers, self.content, self.body).ok();
        DeliveredEvents { source, content: self.content, remaining: self.len }
    }

    /// The headers of the delivery.
    pub fn headers(&self) -> DeliveryHeaders<'a> {
        self.headers
    }

    /// The response with status 200: the delivery was accepted. It is accepted or not as a whole;
    /// if you could not handle it, respond with [another status](WebhookResponse::new) instead.
    ///
    /// If not a single event can be read, the status is 400: Event Grid then dead-letters or drops
    /// the delivery instead of retrying it in vain.
    pub fn response(&self) -> WebhookResponse<'a> {
        let lost = !self.is_empty() && self.iter().all(|event| event.is_err());
        WebhookResponse::new(if lost { 400 } else { 200 })
    }
}

impl<'a> IntoIterator for &Events<'a> {
    type Item = Result<DeliveredEvent<'a>, MalformedEvent>;
    type IntoIter = DeliveredEvents<'a>;

    fn into_iter(self) -> DeliveredEvents<'a> {
        self.iter()
    }
}

impl fmt::Debug for Events<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// The events of an [`Events`].
#[derive(Debug, Clone)]
pub struct DeliveredEvents<'a> {
    source: Option<Source<'a>>,
    content: Content,
    remaining: usize,
}

impl<'a> Iterator for DeliveredEvents<'a> {
    type Item = Result<DeliveredEvent<'a>, MalformedEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.source.as_mut()?.next().ok()??;
        self.remaining = self.remaining.saturating_sub(1);
        Some(found.event(self.content))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl ExactSizeIterator for DeliveredEvents<'_> {}

/// Where the next event comes from.
#[derive(Debug, Clone)]
enum Source<'a> {
    Array(Reader<'a>),
    Object(Option<Reader<'a>>),
    Binary(Option<(DeliveryHeaders<'a>, &'a [u8])>),
}

/// An event that was found, not read yet.
enum Found<'a> {
    Json(Result<RawJson<'a>, JsonError>),
    Binary(DeliveryHeaders<'a>, &'a [u8]),
}

impl<'a> Source<'a> {
    fn open(headers: DeliveryHeaders<'a>, content: Content, body: &'a [u8]) -> Result<Self, JsonError> {
        if content == Content::BinaryMode {
            return Ok(Self::Binary(Some((headers, body))));
        }
        let mut reader = Reader::from_bytes(body)?;
        if reader.kind()? == Kind::Array {
            reader.begin_array()?;
            return Ok(Self::Array(reader));
        }
        // A lone event is an object in both schemas.
        reader.clone().begin_object()?;
        Ok(Self::Object(Some(reader)))
    }

    /// The next event; at the end, checks that nothing is behind it.
    fn next(&mut self) -> Result<Option<Found<'a>>, JsonError> {
        match self {
            Self::Array(reader) => {
                if reader.next_element()? {
                    return Ok(Some(Found::Json(reader.value_of_any_depth()?)));
                }
                reader.end()?;
                Ok(None)
            }
            Self::Object(reader) => {
                let Some(mut reader) = reader.take() else { return Ok(None) };
                let json = reader.value_of_any_depth()?;
                reader.end()?;
                Ok(Some(Found::Json(json)))
            }
            Self::Binary(event) => Ok(event.take().map(|(headers, body)| Found::Binary(headers, body))),
        }
    }
}

impl<'a> Found<'a> {
    /// Reads the event in the schema that it is of.
    fn event(self, content: Content) -> Result<DeliveredEvent<'a>, MalformedEvent> {
        match self {
            Self::Binary(headers, body) => {
                BinaryEventView::parse(headers, body).map(DeliveredEvent::BinaryEvent)
            }
            Self::Json(json) => {
                let json = json?;
                if content == Content::CloudEvents || has_specversion(json)? {
                    CloudEventView::parse(json).map(DeliveredEvent::CloudEvent)
                } else {
                    EventGridEventView::parse(json).map(DeliveredEvent::EventGridEvent)
                }
            }
        }
    }
}

/// Whether an event has what only CloudEvents have.
fn has_specversion(json: RawJson<'_>) -> Result<bool, MalformedEvent> {
    let mut reader = json.reader();
    if reader.kind()? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        if name == *"specversion" {
            return Ok(true);
        }
        reader.value()?;
    }
    Ok(false)
}
