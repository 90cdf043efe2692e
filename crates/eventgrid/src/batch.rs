//! What a receive brings: a batch of events, each with its lock token.

use core::fmt;

use crate::Binary;
use crate::error::DecodeError;
use crate::event::{CloudEventView, MalformedEvent};
use crate::json::{JsonError, JsonErrorKind, JsonStr, Kind, RawJson, Reader};
use crate::lock_token::{LockToken, LockTokens};

/// The events that a receive brought, checked once as a whole.
///
/// An event that cannot be read does not lose the others, nor itself: its [lock token](ReceivedEvent::lock_token) is there
/// to reject it by.
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
    body: Binary<'b>,
    len: usize,
    without_lock_token: usize,
}

impl<'b> Batch<'b> {
    /// Checks the body of a receive's answer.
    ///
    /// # Errors
    /// [`DecodeError`] if it is no such body; [`salvage`](crate::salvage) may still find lock tokens in it.
    pub fn parse(body: impl Into<Binary<'b>>) -> Result<Self, DecodeError> {
        let body = body.into();
        let (mut len, mut without_lock_token) = (0, 0);
        if let Some(mut reader) = open(&body)? {
            while reader.next_element()? {
                match ReceivedEvent::read(&mut reader)? {
                    Some(_) => len += 1,
                    None => without_lock_token += 1,
                }
            }
            while reader.next_member()?.is_some() {
                skip(&mut reader)?;
            }
            reader.end()?;
        }
        Ok(Self { body, len, without_lock_token })
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none: nothing was available before the wait ended, or nothing [with a lock
    /// token](Self::without_lock_token).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The events, in the order they came.
    pub fn iter(&self) -> ReceivedEvents<'_> {
        // It was read before, so an error cannot come.
        ReceivedEvents { reader: open(&self.body).ok().flatten(), remaining: self.len }
    }

    /// How many deliveries came without a lock token. Nothing can be done about them but to wait until their locks end:
    /// then they are delivered again.
    pub fn without_lock_token(&self) -> usize {
        self.without_lock_token
    }

    /// The same batch, independent of the buffer it came in.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Batch<'static> {
        Batch { body: self.body.into_owned(), len: self.len, without_lock_token: self.without_lock_token }
    }
}

/// A reader inside the array `value`, or none if there is no such array.
fn open(body: &[u8]) -> Result<Option<Reader<'_>>, JsonError> {
    let mut reader = Reader::from_bytes(body)?;
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        if name == *"value" {
            reader.begin_array()?;
            return Ok(Some(reader));
        }
        skip(&mut reader)?;
    }
    reader.end()?;
    Ok(None)
}

/// Steps over a value, however deep it is.
fn skip(reader: &mut Reader<'_>) -> Result<(), JsonError> {
    event(reader).map(drop)
}

/// Reads an event as a whole. One that is nested too deeply is stepped over and is an error of its own, so that its token
/// and what follows can still be read.
pub(crate) fn event<'b>(reader: &mut Reader<'b>) -> Result<Result<RawJson<'b>, JsonError>, JsonError> {
    match reader.value() {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.kind() == JsonErrorKind::TooDeep => {
            reader.skip_too_deep()?;
            Ok(Err(error))
        }
        Err(error) => Err(error),
    }
}

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
    reader: Option<Reader<'b>>,
    remaining: usize,
}

impl<'b> Iterator for ReceivedEvents<'b> {
    type Item = ReceivedEvent<'b>;

    fn next(&mut self) -> Option<ReceivedEvent<'b>> {
        let reader = self.reader.as_mut()?;
        while self.remaining > 0 && reader.next_element().ok()? {
            if let Some(received) = ReceivedEvent::read(reader).ok()? {
                self.remaining -= 1;
                return Some(received);
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl ExactSizeIterator for ReceivedEvents<'_> {}

/// One delivery: an event, its lock token and how often it was delivered.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedEvent<'b> {
    lock_token: LockToken<'b>,
    delivery_count: Option<u32>,
    event: Result<CloudEventView<'b>, MalformedEvent>,
}

impl<'b> ReceivedEvent<'b> {
    /// What to settle this delivery by.
    pub fn lock_token(&self) -> LockToken<'b> {
        self.lock_token
    }

    /// How often this event was delivered, this delivery included; 1 for the first one.
    ///
    /// 0 if the service did not say, in which case the event is malformed too.
    pub fn delivery_count(&self) -> u32 {
        self.delivery_count.unwrap_or(0)
    }

    /// The event.
    ///
    /// # Errors
    /// [`MalformedEvent`] if it cannot be read: reject it, or release it for another consumer.
    pub fn event(&self) -> Result<CloudEventView<'b>, MalformedEvent> {
        self.event
    }

    /// The same delivery, independent of the batch it came in: a copy of the event's own text and its token, nothing else.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> crate::OwnedReceivedEvent {
        crate::OwnedReceivedEvent::new(self)
    }

    /// Reads one element of the array `value`; none if it has no lock token.
    fn read(reader: &mut Reader<'b>) -> Result<Option<Self>, JsonError> {
        let mut lock_token = None;
        let mut delivery_count = None;
        let mut found = None;
        let mut doubled = None;
        if reader.kind()? != Kind::Object {
            skip(reader)?;
            return Ok(None);
        }
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            if name == *"brokerProperties" && reader.kind()? == Kind::Object {
                reader.begin_object()?;
                while let Some(name) = reader.next_member()? {
                    if name == *"lockToken" && reader.kind()? == Kind::String {
                        // The first one stays: any of them can only be a guess.
                        let token = token(reader)?;
                        match lock_token {
                            None => lock_token = token,
                            Some(_) => doubled = Some("lockToken"),
                        }
                    } else if name == *"deliveryCount" && reader.kind()? == Kind::Number {
                        delivery_count = reader.number()?.as_u32();
                    } else {
                        skip(reader)?;
                    }
                }
            } else if name == *"event" {
                let value = event(reader)?;
                match found {
                    None => found = Some(value),
                    Some(_) => doubled = Some("event"),
                }
            } else {
                skip(reader)?;
            }
        }
        let Some(lock_token) = lock_token else { return Ok(None) };
        let event = match (doubled, found) {
            (Some(name), _) => Err(MalformedEvent::Doubled(name)),
            (None, None) => Err(MalformedEvent::NoEvent),
            (None, Some(Err(error))) => Err(error.into()),
            (None, Some(Ok(_))) if delivery_count.is_none() => Err(MalformedEvent::DeliveryCount),
            (None, Some(Ok(json))) => CloudEventView::parse(json),
        };
        Ok(Some(Self { lock_token, delivery_count, event }))
    }
}

impl LockTokens for ReceivedEvent<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(self.lock_token)
    }
}

/// A token that cannot be decoded as text (half of a surrogate pair) is no token.
fn token<'b>(reader: &mut Reader<'b>) -> Result<Option<LockToken<'b>>, JsonError> {
    let text: RawJson<'b> = reader.value()?;
    let text: Option<JsonStr<'b>> = text.reader().string().ok();
    Ok(text.map(LockToken::received))
}
