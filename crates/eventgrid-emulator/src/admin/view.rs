//! Topics, event subscriptions and their counts as JSON.

use std::time::Duration;

use eventgrid_filters::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::AdminError;
use crate::broker::{DeadLetterDestination, DeadLettering, SubscriptionSettings, SubscriptionStats};
use crate::duration::{read_duration, write_duration};
use crate::service::{SubscriptionOverview, TopicOverview};
use crate::topic_id::TopicId;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Topics {
    topics: Vec<Topic>,
}

/// Something that events are published to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Topic {
    /// What paths and bodies of this API call it: `orders`, `basicTopic:invoices`, `domain:shops`,
    /// `partnerChannel:contoso:news`.
    id: String,
    /// `namespaceTopic`, `basicTopic`, `domain` or `partnerChannel`.
    #[schemars(with = "String")]
    kind: crate::accepted::TargetKind,
    /// Its name, or that of the partner namespace; empty for the basic topic at `/api/events`.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// `eventgrid`, `cloudevents` or `custom`; any without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    input_schema: Option<crate::accepted::InputSchema>,
    event_subscriptions: Vec<EventSubscription>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventSubscription {
    name: String,
    settings: EffectiveSettings,
    /// Which events it takes, as `properties.filter` in Azure Resource Manager; all without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    filter: Option<Filter>,
    counts: Counts,
    /// When the oldest event in its queue was published; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_event: Option<String>,
    /// How many dead letters are in its list.
    dead_letters: usize,
    /// Where its events are pushed: a URL without its query, or `namespaceTopic:` and the name of a
    /// topic; they are received without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pushed_to: Option<String>,
}

/// Settings that are in effect. The first three are for events that are received: where they are
/// pushed, the retry policy of the endpoint takes their place.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EffectiveSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    receive_lock_duration_in_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_delivery_count: Option<u32>,
    /// An ISO 8601 duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time_to_live: Option<String>,
    /// Where its dead letters go; an event that dies is dropped without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<WantedDestination>")]
    dead_letter_destination: Option<DeadLetterDestination>,
    /// How long after its last delivery a dead letter leaves for a folder or a topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letter_delay_in_seconds: Option<f64>,
}

/// Settings of an event subscription. What is left out stays as it is, or is the service's default.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Settings {
    /// How long a received event stays locked: above 0, at most 86400. The service takes 60 to 300.
    receive_lock_duration_in_seconds: Option<f64>,
    /// How often an event is delivered at most: 1 or more. The service takes 1 to 10.
    max_delivery_count: Option<u32>,
    /// How long an event is kept: an ISO 8601 duration such as `PT1H`.
    event_time_to_live: Option<String>,
    /// Which events that are published from now on it takes, as `properties.filter` in Azure
    /// Resource Manager: `includedEventTypes`, `subjectBeginsWith`, `subjectEndsWith`,
    /// `isSubjectCaseSensitive`, `enableAdvancedFilteringOnArrays` and `advancedFilters`. All
    /// events match `{}`.
    #[schemars(with = "Option<serde_json::Value>")]
    pub(super) filter: Option<Filter>,
    /// Where its dead letters go: `list`, where they stay until they are sent again or removed;
    /// `{"folder":"PATH"}`, in the path and form of the service; `{"topic":"NAME"}`, a topic of the
    /// namespace; or `none`, the default, which drops them.
    dead_letter_destination: Option<WantedDestination>,
    /// How long after its last delivery, or after its death if there was none, a dead letter leaves
    /// for a folder or a topic: 0 to 86400; 300 by default, as in the service.
    dead_letter_delay_in_seconds: Option<f64>,
}

/// Where dead letters are to go.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum WantedDestination {
    None,
    List,
    Folder(String),
    Topic(String),
}

/// What became of the events of an event subscription. Every published event is in exactly one of
/// `available`, `locked`, `delayed`, `acknowledged`, `rejected`, `exhausted` and `expired`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    published: u64,
    available: u64,
    locked: u64,
    delayed: u64,
    acknowledged: u64,
    rejected: u64,
    /// Died after their last delivery.
    exhausted: u64,
    expired: u64,
    /// `rejected`, `exhausted` and `expired` together.
    dead: u64,
    /// Each delivery counts, so an event may count several times.
    deliveries: u64,
    /// Those of the deliveries that were not the first of their event.
    redeliveries: u64,
}

/// The longest delay of a dead letter, as the longest lock.
const LONGEST_DEAD_LETTER_DELAY: Duration = LONGEST_LOCK;
const LONGEST_LOCK: Duration = Duration::from_secs(24 * 60 * 60);

impl Settings {
    /// These settings, where they say something, and else those.
    pub(super) fn over(&self, others: SubscriptionSettings) -> Result<SubscriptionSettings, AdminError> {
        let mut settings = others;
        if let Some(seconds) = self.receive_lock_duration_in_seconds {
            let duration = Duration::try_from_secs_f64(seconds).ok();
            let duration = duration.filter(|duration| !duration.is_zero() && *duration <= LONGEST_LOCK);
            settings.lock_duration = duration.ok_or_else(|| {
                AdminError::bad_request("receiveLockDurationInSeconds must be above 0 and at most 86400")
            })?;
        }
        if let Some(count) = self.max_delivery_count {
            if count == 0 {
                return Err(AdminError::bad_request("maxDeliveryCount must be 1 or more"));
            }
            settings.max_delivery_count = count;
        }
        if let Some(text) = &self.event_time_to_live {
            let time_to_live = read_duration(text);
            settings.time_to_live = time_to_live
                .map_err(|message| AdminError::bad_request(format!("eventTimeToLive: {message}")))?;
        }
        Ok(settings)
    }

    /// The first setting that is for events that are received.
    pub(super) fn first_of_received(&self) -> Option<&'static str> {
        let lock = self.receive_lock_duration_in_seconds.map(|_| "receiveLockDurationInSeconds");
        let count = self.max_delivery_count.map(|_| "maxDeliveryCount");
        let time_to_live = self.event_time_to_live.as_ref().map(|_| "eventTimeToLive");
        lock.or(count).or(time_to_live)
    }

    /// The same of dead letters.
    pub(super) fn dead_lettering_over(
        &self,
        other: Option<&DeadLettering>,
    ) -> Result<Option<DeadLettering>, AdminError> {
        let destination = match self.dead_letter_destination.clone() {
            Some(WantedDestination::None) => None,
            Some(WantedDestination::List) => Some(DeadLetterDestination::List),
            Some(WantedDestination::Folder(path)) => Some(DeadLetterDestination::Folder(path.into())),
            Some(WantedDestination::Topic(name)) => Some(DeadLetterDestination::Topic(name)),
            None => other.map(|other| other.destination.clone()),
        };
        let Some(destination) = destination else {
            return if self.dead_letter_delay_in_seconds.is_none() {
                Ok(None)
            } else {
                Err(AdminError::bad_request(
                    "deadLetterDelayInSeconds is for dead letters that go somewhere: give a deadLetterDestination, too",
                ))
            };
        };
        let mut dead_lettering = DeadLettering::new(destination);
        if let Some(other) = other {
            dead_lettering.delay = other.delay;
        }
        if let Some(seconds) = self.dead_letter_delay_in_seconds {
            let delay = Duration::try_from_secs_f64(seconds).ok();
            dead_lettering.delay = delay
                .filter(|delay| *delay <= LONGEST_DEAD_LETTER_DELAY)
                .ok_or_else(|| AdminError::bad_request("deadLetterDelayInSeconds must be 0 to 86400"))?;
        }
        Ok(Some(dead_lettering))
    }
}

impl From<Vec<TopicOverview>> for Topics {
    fn from(topics: Vec<TopicOverview>) -> Self {
        Self { topics: topics.into_iter().map(Topic::from).collect() }
    }
}

impl From<TopicOverview> for Topic {
    fn from(topic: TopicOverview) -> Self {
        Self {
            id: TopicId::of(topic.target()).to_string(),
            kind: topic.kind,
            name: topic.name,
            channel: topic.channel,
            input_schema: topic.schema,
            event_subscriptions: topic.subscriptions.into_iter().map(EventSubscription::from).collect(),
        }
    }
}

impl From<SubscriptionOverview> for EventSubscription {
    fn from(subscription: SubscriptionOverview) -> Self {
        let received = subscription.push_endpoint.is_none().then_some(subscription.settings);
        Self {
            name: subscription.name,
            settings: EffectiveSettings {
                receive_lock_duration_in_seconds: received.map(|it| it.lock_duration.as_secs_f64()),
                max_delivery_count: received.map(|it| it.max_delivery_count),
                event_time_to_live: received.map(|it| write_duration(it.time_to_live)),
                dead_letter_delay_in_seconds: subscription
                    .dead_lettering
                    .as_ref()
                    .map(|dead_lettering| dead_lettering.delay.as_secs_f64()),
                dead_letter_destination: subscription.dead_lettering.map(|it| it.destination),
            },
            filter: Some(subscription.filter).filter(|filter| *filter != Filter::new()),
            counts: subscription.stats.into(),
            oldest_event: subscription.oldest.map(|oldest| oldest.to_string()),
            dead_letters: subscription.dead_letters,
            pushed_to: subscription.push_endpoint.map(|endpoint| endpoint.shown()),
        }
    }
}

impl From<SubscriptionStats> for Counts {
    fn from(stats: SubscriptionStats) -> Self {
        Self {
            published: stats.published,
            available: stats.queued,
            locked: stats.locked,
            delayed: stats.delayed,
            acknowledged: stats.acknowledged,
            rejected: stats.rejected,
            exhausted: stats.exhausted,
            expired: stats.expired,
            dead: stats.dead(),
            deliveries: stats.deliveries,
            redeliveries: stats.redeliveries,
        }
    }
}
