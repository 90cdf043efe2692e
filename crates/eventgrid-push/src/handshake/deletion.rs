//! The message that a subscription is deleted.

use eventgrid::system_events::event_grid::SUBSCRIPTION_DELETED_EVENT;

use crate::json::ObjectText;
use crate::request::{Purpose, PushRequest, PushSettings};
use crate::schema::DeliverySchema;

/// The last request that an endpoint gets: the subscription that delivered to it was deleted.
///
/// ```
/// use eventgrid_push::{DeletedSubscription, DeliverySchema, PushSettings};
///
/// let settings = PushSettings::new(DeliverySchema::EventGrid, "billing")?;
/// let deleted = DeletedSubscription::new("1", "/subscriptions/s", "2024-06-01T12:00:00Z", "/s/billing");
/// assert_eq!(deleted.request(&settings).headers()["aeg-event-type"], "SubscriptionDeletion");
/// # Ok::<(), eventgrid_push::PushError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedSubscription {
    id: String,
    topic: String,
    time: String,
    subscription_id: String,
}

impl DeletedSubscription {
    /// With the id of the event, the topic that the event names, the time as RFC 3339 text, and the
    /// resource id of the subscription.
    pub fn new(
        id: impl Into<String>,
        topic: impl Into<String>,
        time: impl Into<String>,
        subscription_id: impl Into<String>,
    ) -> Self {
        let (id, topic, time) = (id.into(), topic.into(), time.into());
        Self { id, topic, time, subscription_id: subscription_id.into() }
    }

    /// The request, in the schema of the subscription; for a custom schema in that of Event Grid.
    pub fn request(&self, settings: &PushSettings) -> PushRequest {
        let data = ObjectText::new().text("eventSubscriptionId", &self.subscription_id).end();
        let mut event = ObjectText::new();
        let schema = if settings.schema() == DeliverySchema::CloudEvents {
            event
                .text("specversion", "1.0")
                .text("id", &self.id)
                .text("source", &self.topic)
                .text("type", SUBSCRIPTION_DELETED_EVENT)
                .text("time", &self.time);
            DeliverySchema::CloudEvents
        } else {
            event
                .text("id", &self.id)
                .text("topic", &self.topic)
                .text("subject", "")
                .text("eventType", SUBSCRIPTION_DELETED_EVENT)
                .text("eventTime", &self.time)
                .text("metadataVersion", "1")
                .text("dataVersion", "1");
            DeliverySchema::EventGrid
        };
        settings.system_request(Purpose::Deletion, schema, &event.json("data", &data).end())
    }
}
