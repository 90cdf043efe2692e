//! The validation of the Event Grid schema, and the deletion of a subscription.

use core::fmt;

use super::answer::Answer;
use super::delivered_event::DeliveredEvent;
use super::refusal::Refusal;
use super::request::DeliveryHeaders;
use crate::event::MalformedEvent;
use crate::json::{JsonStr, Kind};

/// Event Grid asks, by an event, whether a new or changed subscription may deliver here. `Debug` shows the event's id and
/// source alone: who has the code or the URL can answer.
#[derive(Clone, Copy)]
pub struct Validation<'a> {
    headers: DeliveryHeaders<'a>,
    event: DeliveredEvent<'a>,
    code: JsonStr<'a>,
    url: Option<JsonStr<'a>>,
}

impl<'a> Validation<'a> {
    pub(super) fn read(headers: DeliveryHeaders<'a>, event: DeliveredEvent<'a>) -> Result<Self, Refusal> {
        let [code, url] = texts(&event, ["validationCode", "validationUrl"])?;
        Ok(Self { headers, event, code: code.ok_or(Refusal::NoValidationCode)?, url })
    }

    /// The code that proves, sent back, that the subscription is wanted.
    pub fn code(&self) -> JsonStr<'a> {
        self.code
    }

    /// The URL at which it can be proved by a `GET` instead, within a few minutes.
    ///
    /// It holds a secret of Event Grid's, and names a host of the sender's choice.
    pub fn url(&self) -> Option<JsonStr<'a>> {
        self.url
    }

    /// The event that asks; its [`source`](DeliveredEvent::source) is the topic.
    pub fn event(&self) -> DeliveredEvent<'a> {
        self.event
    }

    /// The headers of the request.
    pub fn headers(&self) -> DeliveryHeaders<'a> {
        self.headers
    }

    /// The proof: the code.
    pub fn answer(&self) -> Answer<'a> {
        Answer::validation(self.code.raw())
    }

    /// No proof yet: the subscription waits until someone calls [`url`](Self::url).
    pub fn answer_later(&self) -> Answer<'a> {
        Answer::new(200)
    }
}

impl fmt::Debug for Validation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validation")
            .field("id", &self.event.id())
            .field("source", &self.event.source())
            .finish_non_exhaustive()
    }
}

/// Event Grid tells that a subscription which delivered here was deleted.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionDeletion<'a> {
    headers: DeliveryHeaders<'a>,
    event: DeliveredEvent<'a>,
    subscription_id: Option<JsonStr<'a>>,
}

impl<'a> SubscriptionDeletion<'a> {
    pub(super) fn read(headers: DeliveryHeaders<'a>, event: DeliveredEvent<'a>) -> Result<Self, Refusal> {
        let [subscription_id] = texts(&event, ["eventSubscriptionId"])?;
        Ok(Self { headers, event, subscription_id })
    }

    /// The resource id of the subscription.
    pub fn subscription_id(&self) -> Option<JsonStr<'a>> {
        self.subscription_id
    }

    /// The event that tells it.
    pub fn event(&self) -> DeliveredEvent<'a> {
        self.event
    }

    /// The headers of the request.
    pub fn headers(&self) -> DeliveryHeaders<'a> {
        self.headers
    }
}

/// The texts of these names in the event's data, the first one of each name.
fn texts<'a, const N: usize>(
    event: &DeliveredEvent<'a>,
    names: [&str; N],
) -> Result<[Option<JsonStr<'a>>; N], Refusal> {
    let mut found = [None; N];
    let Ok(data) = event.data().as_json() else { return Ok(found) };
    if data.kind() != Kind::Object {
        return Ok(found);
    }
    let malformed = |error| Refusal::Event(MalformedEvent::Json(error));
    let mut reader = data.reader();
    reader.begin_object().map_err(malformed)?;
    while let Some(name) = reader.next_member().map_err(malformed)? {
        let value = reader.value().map_err(malformed)?;
        let slot =
            names.iter().position(|known| name == **known).and_then(|position| found.get_mut(position));
        if let Some(slot @ None) = slot {
            *slot = value.reader().string().ok();
        }
    }
    Ok(found)
}
