//! The result of a receive: a batch of events, each with its lock token.

use core::fmt;
use core::time::Duration;

use eventgrid_transport::TransportErrorKind;

use crate::event::{CloudEventView, MalformedEvent};
use crate::json::{JsonError, Reader, member_array, utf8};
use crate::received::{DecodeError, LockToken, LockTokens};
use crate::text::Bytes;

#[cfg(not(feature = "alloc"))]
mod count;
mod element;
#[cfg(feature = "alloc")]
mod index;
mod outline;

#[cfg(not(feature = "alloc"))]
use count::{Elements, Index, Kept};
use element::Element;
#[cfg(feature = "alloc")]
use index::{Elements, Index, Kept};
pub(crate) use outline::Outline;

/// The events of a receive, checked once as a whole.
///
/// An event that cannot be read does not prevent the others from being handled, and still has its
/// [lock token](ReceivedEvent::lock_token), so that it can be rejected.
///
/// ```
/// use eventgrid::Batch;
///
/// let body = br#"{"value":[
///     {"brokerProperties":{"lockToken":"CgM=","deliveryCount":1},
///      "event":{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created","data":{"total":9}}},
///     {"brokerProperties":{"lockToken":"CgQ=","deliveryCount":1},
///      "event":{"specversion":"1.0","id":2}}]}"#;
/// let batch = Batch::parse(&body[..])?;
/// let mut events = batch.iter();
/// let first = events.next().unwrap();
/// assert_eq!(first.event()?.event_type(), "Order.Created");
/// let second = events.next().unwrap();
/// assert!(second.event().is_err());
/// assert_eq!(second.lock_token().to_string(), "CgQ=");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "its events stay locked until they are settled"]
pub struct Batch<'b> {
    body: Bytes<'b>,
    index: Index,
    without_lock_token: usize,
    arrived: Option<Duration>,
    interruption: Option<TransportErrorKind>,
}

impl<'b> Batch<'b> {
    /// Checks the body of a receive's response.
    ///
    /// # Errors
    /// [`DecodeError`] if it is not such a body; [`salvage`](Self::salvage) may still find lock
    /// tokens in it.
    pub fn parse(body: impl Into<Bytes<'b>>) -> Result<Self, DecodeError> {
        Self::check(body.into())
    }

    fn check(body: Bytes<'b>) -> Result<Self, DecodeError> {
        let mut found = Found::default();
        if let Some(mut reader) = member_array(utf8::check(&body)?, EVENTS)? {
            while found.element(&mut reader)? {}
            while reader.next_member()?.is_some() {
                let _ = reader.value_of_any_depth()?;
            }
            reader.end()?;
        }
        Ok(Self::new(body, found))
    }

    fn new(body: Bytes<'b>, found: Found) -> Self {
        let Found { index, without_lock_token, .. } = found;
        Self { body, index, without_lock_token, arrived: None, interruption: None }
    }

    /// The events that came whole of a body that broke off, or none if that is so for none of them.
    pub(crate) fn interrupted(mut body: Bytes<'b>, by: TransportErrorKind) -> Option<Self> {
        let mut found = Found::default();
        // A character may have been cut in the middle.
        let whole = core::str::from_utf8(&body).map_or_else(|error| error.valid_up_to(), str::len);
        let text = core::str::from_utf8(body.get(..whole)?).ok()?;
        let mut reader = member_array(text, EVENTS).ok()??;
        while found.element(&mut reader) == Ok(true) {}
        body.truncate(found.end);
        let batch = Self { interruption: Some(by), ..Self::new(body, found) };
        (!batch.is_empty() || batch.without_lock_token > 0).then_some(batch)
    }

    /// Reads what [`Outline::finish`] leaves.
    pub(crate) fn outlined(body: Bytes<'b>) -> Self {
        // What is in it was checked; there may be nothing in it.
        Self::check(body).unwrap_or_else(|_| Self::new(Bytes::default(), Found::default()))
    }

    pub(crate) fn set_arrived(&mut self, arrived: Option<Duration>) {
        self.arrived = arrived;
    }

    /// When the first byte of the response came, as the [uptime](crate::Environment::uptime) of the
    /// client's environment, if the transport has a clock. The locks of the events began shortly
    /// before that, when the service sent it. Reading a large batch over a slow link may have taken
    /// much of their time.
    pub fn arrived(&self) -> Option<Duration> {
        self.arrived
    }

    /// Why the rest of the response did not come, if it broke off: the connection was lost, or a
    /// limit of the attempt was reached.
    ///
    /// The events in the batch came completely, and can be handled and settled as usual. The others
    /// stay locked until their locks expire, which costs each of them one delivery: ask for fewer
    /// events next time.
    pub fn interruption(&self) -> Option<TransportErrorKind> {
        self.interruption
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no events: none was available before the wait time ended, or none [with a
    /// lock token](Self::without_lock_token).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events, in the order they came.
    pub fn iter(&self) -> ReceivedEvents<'_> {
        // It was checked before, so an error cannot come.
        let text = utf8::check(&self.body).unwrap_or_default();
        ReceivedEvents { elements: self.index.elements(text) }
    }

    /// How many deliveries came without a lock token. They cannot be settled, and are delivered
    /// again when their locks expire.
    pub fn without_lock_token(&self) -> usize {
        self.without_lock_token
    }

    /// The same batch, without borrowing the buffer.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Batch<'static> {
        Batch {
            body: self.body.into_owned(),
            index: self.index,
            without_lock_token: self.without_lock_token,
            arrived: self.arrived,
            interruption: self.interruption,
        }
    }
}

/// What is found while a body is read.
#[derive(Default)]
struct Found {
    index: Index,
    without_lock_token: usize,
    /// Where the last element ends.
    end: usize,
}

impl Found {
    /// Reads the next element, and returns whether there was one.
    fn element(&mut self, reader: &mut Reader<'_>) -> Result<bool, JsonError> {
        if !reader.next_element()? {
            return Ok(false);
        }
        let start = reader.offset();
        let mut element = Element::default();
        self.end = element.read(reader.text(), start)?;
        reader.go_to(self.end);
        if element.lock_token.is_some() {
            // Events of one subscription are of much the same size.
            let (size, rest) = (self.end - start, reader.text().len() - self.end);
            self.index.push(element, rest.checked_div(size).unwrap_or(0));
        } else {
            self.without_lock_token += 1;
        }
        Ok(true)
    }
}

/// The member of the body that is an array of the events.
const EVENTS: &str = "value";

impl<'s> IntoIterator for &'s Batch<'_> {
    type Item = ReceivedEvent<'s>;
    type IntoIter = ReceivedEvents<'s>;

    fn into_iter(self) -> ReceivedEvents<'s> {
        self.iter()
    }
}

impl LockTokens for Batch<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.iter().map(|received| received.lock_token())
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// The events of a [`Batch`].
#[derive(Debug, Clone)]
pub struct ReceivedEvents<'b> {
    elements: Elements<'b>,
}

impl<'b> Iterator for ReceivedEvents<'b> {
    type Item = ReceivedEvent<'b>;

    fn next(&mut self) -> Option<ReceivedEvent<'b>> {
        self.elements.next().map(|(text, element)| ReceivedEvent { text, element })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }
}

impl ExactSizeIterator for ReceivedEvents<'_> {}

/// One delivery: an event, its lock token and how often it was delivered.
#[derive(Clone, Copy)]
pub struct ReceivedEvent<'b> {
    text: &'b str,
    element: Kept<'b>,
}

impl<'b> ReceivedEvent<'b> {
    /// The lock token, by which this delivery is settled.
    pub fn lock_token(&self) -> LockToken<'b> {
        LockToken::received(self.element.lock_token.map(|place| place.string(self.text)).unwrap_or_default())
    }

    /// How often this event was delivered, including this delivery: 1 for the first one.
    ///
    /// 0 if the service did not say, in which case the event is malformed too.
    pub fn delivery_count(&self) -> u32 {
        self.element.delivery_count.unwrap_or(0)
    }

    /// The event.
    ///
    /// # Errors
    /// [`MalformedEvent`] if it cannot be read: reject it, or release it for another consumer.
    pub fn event(&self) -> Result<CloudEventView<'b>, MalformedEvent> {
        self.element.event().map(|places| CloudEventView::found(self.text, *places))
    }

    /// The same delivery, without borrowing the batch: a copy of the event's text and its lock
    /// token.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> crate::received::OwnedReceivedEvent {
        crate::received::OwnedReceivedEvent::new(self)
    }
}

impl fmt::Debug for ReceivedEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedEvent")
            .field("lock_token", &self.lock_token())
            .field("delivery_count", &self.element.delivery_count)
            .field("event", &self.event())
            .finish()
    }
}

impl LockTokens for ReceivedEvent<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(self.lock_token())
    }
}
