//! One element of a receive's answer, by the places of its parts.

use crate::event::{EventPlaces, MalformedEvent, step_over};
use crate::json::{JsonError, JsonErrorKind, Kind, Place, Reader};

/// One delivery, by the places of its parts in the body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    pub(super) lock_token: Place,
    pub(super) delivery_count: Option<u32>,
    pub(super) event: Result<EventPlaces, MalformedEvent>,
}

impl Element {
    /// Reads one element of the array `value`; none if it has no lock token.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, JsonError> {
        let mut lock_token = None;
        let mut delivery_count = None;
        let mut found = None;
        let mut doubled = None;
        if reader.kind()? != Kind::Object {
            let _ = step_over(reader)?;
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
                        let _ = step_over(reader)?;
                    }
                }
            } else if name == *"event" {
                let event = EventPlaces::read(reader)?;
                match found {
                    None => found = Some(event),
                    Some(_) => doubled = Some("event"),
                }
            } else {
                let _ = step_over(reader)?;
            }
        }
        let Some(lock_token) = lock_token else { return Ok(None) };
        let event = match (doubled, found) {
            (Some(name), _) => Err(MalformedEvent::Doubled(name)),
            (None, None) => Err(MalformedEvent::NoEvent),
            (None, Some(Ok(_))) if delivery_count.is_none() => Err(MalformedEvent::DeliveryCount),
            (None, Some(event)) => event,
        };
        Ok(Some(Self { lock_token, delivery_count, event }))
    }
}

/// A token that cannot be decoded as text (half of a surrogate pair) is no token.
fn token(reader: &mut Reader<'_>) -> Result<Option<Place>, JsonError> {
    match reader.string() {
        Ok(token) => Ok(Some(Place::of_string(token, reader))),
        Err(error) if error.kind() == JsonErrorKind::LoneSurrogate => reader.value().map(|_| None),
        Err(error) => Err(error),
    }
}
