//! One delivery without its batch.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::event::{CloudEventView, EventRanges, MalformedEvent};
use crate::json::JsonStr;
use crate::received::{LockToken, LockTokens, ReceivedEvent};

/// A [`ReceivedEvent`] that does not borrow its batch: for a queue, a channel, or another thread.
///
/// It is a copy of the event's text and its lock token. Viewing the event does not parse it again.
///
/// ```
/// use eventgrid::{Batch, OwnedReceivedEvent};
///
/// let body = br#"{"value":[{"brokerProperties":{"lockToken":"CgM=","deliveryCount":1},
///     "event":{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created","data":{"total":9}}}]}"#;
/// let batch = Batch::parse(&body[..])?;
/// let kept: Vec<OwnedReceivedEvent> = batch.iter().map(|received| received.into_owned()).collect();
/// drop(batch);
/// assert_eq!(kept[0].event()?.event_type(), "Order.Created");
/// assert_eq!(kept[0].lock_token(), "CgM=".into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OwnedReceivedEvent {
    /// The lock token as it goes back to the service, then the text of the event.
    text: Box<str>,
    lock_token_len: usize,
    lock_token_escaped: bool,
    delivery_count: u32,
    event: Result<EventRanges, MalformedEvent>,
}

impl OwnedReceivedEvent {
    pub(crate) fn new(received: ReceivedEvent<'_>) -> Self {
        let (lock_token, lock_token_escaped) = received.lock_token().as_sent();
        let json = received.event().map_or("", |event| event.as_json().as_str());
        let mut text = String::with_capacity(lock_token.len() + json.len());
        text.push_str(lock_token);
        text.push_str(json);
        Self {
            text: text.into(),
            lock_token_len: lock_token.len(),
            lock_token_escaped,
            delivery_count: received.delivery_count(),
            event: received.event().map(|event| event.places()),
        }
    }

    /// The lock token, by which this delivery is settled.
    pub fn lock_token(&self) -> LockToken<'_> {
        let (text, _) = self.parts();
        if self.lock_token_escaped {
            // It was received, so it is valid.
            LockToken::received(JsonStr::found_escaped(text).unwrap_or_default())
        } else {
            LockToken::new(text)
        }
    }

    /// How often this event was delivered, including this delivery: 1 for the first one.
    ///
    /// 0 if the service did not say, in which case the event is malformed too.
    pub fn delivery_count(&self) -> u32 {
        self.delivery_count
    }

    /// The event.
    ///
    /// # Errors
    /// [`MalformedEvent`] if it cannot be read: reject it, or release it for another consumer. The
    /// offset in a [`MalformedEvent::Json`] is that in the body of the batch.
    pub fn event(&self) -> Result<CloudEventView<'_>, MalformedEvent> {
        let (_, json) = self.parts();
        self.event.map(|places| CloudEventView::found(json, places))
    }

    /// How many bytes its text and its lock token have.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    fn parts(&self) -> (&str, &str) {
        self.text.split_at_checked(self.lock_token_len).unwrap_or_default()
    }
}

impl LockTokens for OwnedReceivedEvent {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(self.lock_token())
    }
}

/// As that of a [`ReceivedEvent`].
impl fmt::Debug for OwnedReceivedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedReceivedEvent")
            .field("lock_token", &self.lock_token())
            .field("delivery_count", &self.delivery_count)
            .field("event", &self.event())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use crate::received::Batch;

    #[test]
    fn nothing_is_lost_when_a_delivery_is_kept() {
        let body = br#"{"value":[
            {"brokerProperties":{"lockToken":"C\u0067M\/=","deliveryCount":3},
             "event":{"specversion":"1.0","id":"a\"b","source":"urn:shop","type":"t","subject":"\u00e9","time":"2024-06-01T00:00:00Z",
                      "datacontenttype":"application/json","dataschema":"urn:s","size":5,"data":{"a":[1, 2]}}},
            {"brokerProperties":{"lockToken":"b","deliveryCount":1},
             "event":{"id":"2","source":"s","type":"t","data_base64":"AQID"}},
            {"brokerProperties":{"lockToken":"c","deliveryCount":1},"event":{"id":"3","source":"s","type":"t"}},
            {"brokerProperties":{"lockToken":"d","deliveryCount":2},"event":{"id":4}}]}"#;
        let batch = Batch::parse(&body[..]).unwrap();
        assert_eq!(batch.len(), 4);
        for received in &batch {
            let kept = received.into_owned();
            assert_eq!(kept.lock_token(), received.lock_token());
            assert_eq!(kept.lock_token().as_sent(), received.lock_token().as_sent());
            assert_eq!(kept.delivery_count(), received.delivery_count());
            assert_eq!(format!("{:?}", kept.event()), format!("{:?}", received.event()));
            let extension =
                |event: crate::event::CloudEventView<'_>| format!("{:?}", event.extension("size"));
            assert_eq!(kept.event().map(extension), received.event().map(extension));
        }
    }
}
