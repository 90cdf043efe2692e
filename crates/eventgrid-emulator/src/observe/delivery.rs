//! A delivery as the log keeps it.

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::subject::is_same;
use crate::time::UnixTime;
use crate::topic_id::is_same_topic;

/// An attempt to push events to an endpoint, or a handshake with it, as the delivery log keeps it.
///
/// It has neither the query of the endpoint nor headers nor bodies, which may be secrets.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedDelivery {
    /// Its number: one more than that of the delivery before it in the log.
    pub number: u64,
    /// When it began, by the clock of the emulator.
    #[serde(serialize_with = "as_text")]
    pub time: UnixTime,
    /// What was sent.
    pub kind: DeliveryKind,
    /// The topic, as the admin API names it, such as `orders` or `basicTopic:invoices`.
    pub topic: String,
    /// The event subscription.
    pub subscription: String,
    /// The URL of the endpoint without its query.
    pub endpoint: String,
    /// Which attempt it was, from 1: that of the event which was pushed most often, or that of the
    /// handshake.
    pub attempt: u32,
    /// The status of the response; `None` if there was none that counts.
    pub status: Option<u16>,
    /// Why there was no response that counts, or why a handshake failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How long it took, in real time, in whole microseconds. In JSON in seconds.
    #[serde(rename = "durationInSeconds", serialize_with = "as_seconds")]
    pub duration: Duration,
    /// Its events, in the order in which they were sent; none of a handshake.
    pub events: Vec<LoggedEvent>,
    /// What comes after a handshake; `None` for events, each of which has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextDelivery>,
}

/// What was sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeliveryKind {
    /// One event or a batch of them.
    Events,
    /// The question whether the endpoint wants events.
    Handshake,
}

impl DeliveryKind {
    /// As metrics name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Handshake => "handshake",
        }
    }
}

/// An event of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedEvent {
    /// Its `id`; `None` if it has none that is text.
    pub id: Option<String>,
    /// Its sequence number in the queue.
    pub sequence_number: u64,
    /// Which attempt it was for this event, from 1.
    pub attempt: u32,
    /// What becomes of it.
    pub next: NextDelivery,
}

/// What comes after a delivery. In JSON `"done"`, `"unchanged"`, `{"retry":TIME}`, `{"wait":TIME}`
/// or `{"dead":REASON}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum NextDelivery {
    /// Nothing: the events are delivered, or the endpoint has consented.
    Done,
    /// It is made again at that moment, by the emulator's clock.
    Retry(#[serde(serialize_with = "as_text")] UnixTime),
    /// The endpoint may consent by the URL of the handshake until that moment.
    Wait(#[serde(serialize_with = "as_text")] UnixTime),
    /// The event died, for that reason in the service's words. It is a dead letter if the event
    /// subscription has a destination for them.
    Dead(&'static str),
    /// The result came too late to count: the event was pushed again, settled or removed meanwhile.
    Unchanged,
}

/// Criteria for deliveries of the log. Without any criterion, all are found.
///
/// ```
/// use eventgrid_emulator::DeliveryCriteria;
///
/// let billing = DeliveryCriteria::new().topic("orders").subscription("billing").limit(10);
/// assert_eq!(billing.limit, Some(10));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DeliveryCriteria {
    /// The topic, as the admin API names it. Compared without case.
    pub topic: Option<String>,
    /// The event subscription. Compared without case.
    pub subscription: Option<String>,
    /// The maximum number of deliveries: the latest ones.
    pub limit: Option<usize>,
}

impl DeliveryCriteria {
    /// No criterion, so that every delivery is found.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finds deliveries of that topic of the namespace, or of what the admin API names so.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Finds deliveries of event subscriptions of that name.
    #[must_use]
    pub fn subscription(mut self, subscription: impl Into<String>) -> Self {
        self.subscription = Some(subscription.into());
        self
    }

    /// Finds at most this many deliveries: the latest ones.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Whether a delivery has all that is asked for.
    pub(super) fn is_met_by(&self, delivery: &LoggedDelivery) -> bool {
        is_same_topic(self.topic.as_deref(), Some(&delivery.topic))
            && is_same(self.subscription.as_deref(), Some(&delivery.subscription))
    }
}

impl LoggedDelivery {
    /// About how many bytes it takes without its events.
    pub(super) fn size(&self) -> usize {
        let texts = self.topic.len() + self.subscription.len() + self.endpoint.len();
        size_of::<Self>() + texts + self.failure.as_ref().map_or(0, String::len)
    }
}

fn as_text<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

fn as_seconds<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(value.as_secs_f64())
}
