//! One element of a receive's response, by the places of its parts.

use crate::event::{EventRanges, MalformedEvent};
use crate::json::{JsonError, JsonErrorKind, JsonNumber, Kind, MAX_DEPTH, TextRange, walk};

/// One delivery, by the places of its parts in the body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    pub(super) lock_token: Option<TextRange>,
    pub(super) delivery_count: Option<u32>,
    event: Result<(), MalformedEvent>,
    /// Of use if the event is not malformed.
    places: EventRanges,
}

impl Default for Element {
    fn default() -> Self {
        Self {
            lock_token: None,
            delivery_count: None,
            event: Err(MalformedEvent::NoEvent),
            places: EventRanges::default(),
        }
    }
}

impl Element {
    /// The places of the event's parts.
    pub(super) fn event(&self) -> Result<&EventRanges, MalformedEvent> {
        self.event.map(|()| &self.places)
    }

    /// Reads the element of the array `value` that is at `at`, and gives where it ends.
    pub(super) fn read(&mut self, text: &str, at: usize) -> Result<usize, JsonError> {
        let bytes = text.as_bytes();
        if walk::kind(bytes, at)? != Kind::Object {
            return Ok(walk::value_of_any_depth(bytes, at)?.0);
        }
        let mut broker = BrokerProperties::default();
        let mut found = None;
        let mut doubled = None;
        let end = walk::object(bytes, at, |name, at| {
            match known(name.position(text, &["brokerProperties", "event"])) {
                Some(0) if walk::kind(bytes, at)? == Kind::Object => broker.read(text, at),
                Some(1) => {
                    let (end, event) = self.places.read(text, at)?;
                    match found {
                        None => found = Some(event),
                        Some(_) => doubled = Some("event"),
                    }
                    Ok(end)
                }
                _ => Ok(walk::value_of_any_depth(bytes, at)?.0),
            }
        })?;
        (self.lock_token, self.delivery_count) = (broker.lock_token, broker.delivery_count);
        self.event = match (doubled.or(broker.doubled), found) {
            (Some(name), _) => Err(MalformedEvent::Doubled(name)),
            (None, None) => Err(MalformedEvent::NoEvent),
            (None, Some(Ok(()))) if broker.delivery_count.is_none() => Err(MalformedEvent::DeliveryCount),
            (None, Some(event)) => event,
        };
        Ok(end)
    }
}

/// What the broker says of a delivery.
#[derive(Default)]
pub(super) struct BrokerProperties {
    lock_token: Option<TextRange>,
    delivery_count: Option<u32>,
    doubled: Option<&'static str>,
}

impl BrokerProperties {
    /// Whether that is a whole object, and one with a lock token.
    pub(super) fn have_lock_token(object: &[u8]) -> bool {
        let mut found = Self::default();
        let end = core::str::from_utf8(object).ok().and_then(|text| found.read(text, 0).ok());
        end == Some(object.len()) && found.lock_token.is_some()
    }

    fn read(&mut self, text: &str, at: usize) -> Result<usize, JsonError> {
        let bytes = text.as_bytes();
        walk::object(bytes, at, |name, at| {
            match (known(name.position(text, &["lockToken", "deliveryCount"])), walk::kind(bytes, at)?) {
                (Some(0), Kind::String) => match TextRange::of_string(text, at) {
                    Ok(token) => {
                        // The first one stays: any of them can only be a guess.
                        match self.lock_token {
                            None => self.lock_token = Some(token),
                            Some(_) => self.doubled = Some("lockToken"),
                        }
                        Ok(token.end() + 1)
                    }
                    // A token that cannot be decoded as text is not a token.
                    Err(error) if error.kind() == JsonErrorKind::LoneSurrogate => {
                        walk::value(bytes, at, MAX_DEPTH)
                    }
                    Err(error) => Err(error),
                },
                (Some(1), Kind::Number) => {
                    let number = TextRange::of_value(bytes, at, MAX_DEPTH)?;
                    match self.delivery_count {
                        None => self.delivery_count = JsonNumber::found(number.value(text).as_str()).as_u32(),
                        Some(_) => self.doubled = Some("deliveryCount"),
                    }
                    Ok(number.end())
                }
                _ => Ok(walk::value_of_any_depth(bytes, at)?.0),
            }
        })
    }
}

/// A name that cannot be decoded is none that is known: it must not lose the other events of the
/// batch.
fn known(position: Result<Option<usize>, JsonError>) -> Option<usize> {
    position.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_object_with_a_token_has_one() {
        assert!(BrokerProperties::have_lock_token(br#"{"deliveryCount":1,"lockToken":"a"}"#));
        for without in [
            &br#"{"deliveryCount":1}"#[..],
            br#"{"lockToken":1}"#,
            br#"{"lockToken":"a","deliveryCount":}"#,
            br#"{"lockToken":"a"}}"#,
            b"{\"lockToken\":\"a\",\"\xff\":1}",
            b"",
        ] {
            assert!(!BrokerProperties::have_lock_token(without), "{}", without.escape_ascii());
        }
    }
}
