//! The validation of the Event Grid schema, and the deletion of a subscription.

use core::fmt;

use super::attribute_text::AttributeText;
use super::data_text::{self, DataText};
use super::delivered_event::DeliveredEvent;
use super::refusal::Refusal;
use super::request::DeliveryHeaders;
use super::response::WebhookResponse;

/// A request of Event Grid, by an event, whether a new or changed subscription may deliver here.
/// `Debug` shows only the event's id and source, because anyone who has the code or the URL can
/// respond.
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

    /// The code. Sending it back proves that the subscription is wanted.
    ///
    /// It is found in data that is an object and, as some senders write it, in data that is a
    /// string with that object.
    pub fn code(&self) -> AttributeText<'a> {
        self.code.into()
    }

    /// The URL. A `GET` of it within a few minutes proves the same.
    ///
    /// It contains a secret of Event Grid, and a host that the sender chooses.
    pub fn url(&self) -> Option<AttributeText<'a>> {
        self.url.map(Into::into)
    }

    /// The event; its [`source`](DeliveredEvent::source) is the topic.
    pub fn event(&self) -> DeliveredEvent<'a> {
        self.event
    }

    /// The headers of the request.
    pub fn headers(&self) -> DeliveryHeaders<'a> {
        self.headers
    }

    /// The response with the code, which is the proof.
    pub fn response(&self) -> WebhookResponse<'a> {
        WebhookResponse::validation(self.code)
    }

    /// The response without the proof: the subscription waits until someone calls
    /// [`url`](Self::url).
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

/// A report of Event Grid that a subscription which delivered here was deleted.
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

    /// The event.
    pub fn event(&self) -> DeliveredEvent<'a> {
        self.event
    }

    /// The headers of the request.
    pub fn headers(&self) -> DeliveryHeaders<'a> {
        self.headers
    }
}
