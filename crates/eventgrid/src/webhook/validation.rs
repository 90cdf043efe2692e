//! The validation of the Event Grid schema, and the deletion of a subscription.

use core::fmt;

use super::attribute_text::AttributeText;
use super::data_text::{self, DataText};
use super::delivered_event::DeliveredEvent;
use super::refusal::Refusal;
use super::request::DeliveryHeaders;
use super::response::WebhookResponse;

/// Event Grid asks, by an event, whether a new or changed subscription may deliver here. `Debug`
/// shows the event's id and source alone: who has the code or the URL can respond.
#[derive(Clone, Copy)]
pub struct Validation<'a> {
    headers: DeliveryHeaders<'a>,
    event: DeliveredEvent<'a>,
    code: DataText<'a>,
    url: Option<DataText<'a>>,
}

impl<'a> Validation<'a> {
    pub(super) fn read(headers: DeliveryHeaders<'a>, event: DeliveredEvent<'a>) -> Result<Self, Refusal> {
        let [code, url] = data_text::find(event.data(), ["validationCode", "validationUrl"]);
        Ok(Self { headers, event, code: code.ok_or(Refusal::NoValidationCode)?, url })
    }

    /// The code that proves, sent back, that the subscription is wanted.
    ///
    /// It is found in data that is an object and, as some senders write it, in data that is a
    /// string with that object.
    pub fn code(&self) -> AttributeText<'a> {
        self.code.into()
    }

    /// The URL at which it can be proved by a `GET` instead, within a few minutes.
    ///
    /// It holds a secret of Event Grid's, and names a host of the sender's choice.
    pub fn url(&self) -> Option<AttributeText<'a>> {
        self.url.map(Into::into)
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
    pub fn response(&self) -> WebhookResponse<'a> {
        WebhookResponse::validation(self.code)
    }

    /// No proof yet: the subscription waits until someone calls [`url`](Self::url).
    pub fn deferred_response(&self) -> WebhookResponse<'a> {
        WebhookResponse::new(200)
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
    subscription_id: Option<DataText<'a>>,
}

impl<'a> SubscriptionDeletion<'a> {
    pub(super) fn read(headers: DeliveryHeaders<'a>, event: DeliveredEvent<'a>) -> Self {
        let [subscription_id] = data_text::find(event.data(), ["eventSubscriptionId"]);
        Self { headers, event, subscription_id }
    }

    /// The resource id of the subscription, found in data as [`Validation::code`] is.
    pub fn subscription_id(&self) -> Option<AttributeText<'a>> {
        self.subscription_id.map(Into::into)
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
