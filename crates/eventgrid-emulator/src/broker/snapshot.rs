//! The state of a broker as data: topics, event subscriptions, events with their locks and delays,
//! counts.
//!
//! Times are absolute, and lock tokens stay what they are. The generator of random numbers is not
//! part of it.

use std::collections::HashSet;
use std::time::Duration;

use eventgrid_filters::{CompiledFilter, Filter, FilterLimits};
use eventgrid_push::{DeliveryTier, InputSchemaMapping};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::filters::compile_options;
use super::subscription::Subscription;
use super::{
    Broker, DeadLetterDestination, DeadLettering, Listed, PushEndpoint, SubscriptionId, SubscriptionSettings,
};

/// A topic of any kind, by its name in the broker.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TopicSnapshot {
    pub(crate) name: String,
    pub(crate) event_subscriptions: Vec<SubscriptionSnapshot>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SubscriptionSnapshot {
    pub(crate) name: String,
    /// What its lock tokens name it by.
    pub(super) id: String,
    pub(super) settings: SettingsSnapshot,
    /// Which events it takes; all without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<FilterSnapshot>,
    /// The sequence number of the next event.
    pub(super) next_sequence_number: u64,
    pub(super) counts: CountsSnapshot,
    /// In the order of their sequence numbers.
    pub(super) events: Vec<EventSnapshot>,
    /// Where its dead letters go; they are dropped without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dead_lettering: Option<DeadLetteringSnapshot>,
    /// In the order of their sequence numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) dead_letters: Vec<DeadLetterSnapshot>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SettingsSnapshot {
    pub(super) lock_duration: DurationSnapshot,
    pub(super) max_delivery_count: u32,
    pub(super) time_to_live: DurationSnapshot,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DurationSnapshot {
    seconds: u64,
    nanoseconds: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FilterSnapshot {
    /// Whether its keys are those of a custom schema.
    is_of_custom_schema: bool,
    /// In the form of basic topics, as Azure Resource Manager has it.
    #[schemars(with = "serde_json::Value")]
    filter: Filter,
}

/// Where dead letters go, and when.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeadLetteringSnapshot {
    /// `"list"`, `{"folder":"PATH"}` or `{"topic":"NAME"}`.
    #[schemars(with = "serde_json::Value")]
    destination: DeadLetterDestination,
    delay: DurationSnapshot,
}

/// The counts that do not follow from the events that are there.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CountsSnapshot {
    pub(super) acknowledged: u64,
    pub(super) rejected: u64,
    pub(super) exhausted: u64,
    pub(super) expired: u64,
    pub(super) deliveries: u64,
    /// None in snapshots of before that counted none.
    #[serde(default)]
    pub(super) redeliveries: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventSnapshot {
    pub(super) sequence_number: u64,
    /// RFC 3339, as all times.
    pub(super) published: String,
    pub(super) state: StateSnapshot,
    /// When its lock or its delay ends; never without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// When its latest delivery began.
    pub(super) delivered: String,
    /// What settles it, if it is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lock_token: Option<String>,
    /// When the first attempt to push it began, if it waits for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_attempt: Option<String>,
    /// How the last attempt to push it ended, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    pub(super) delivery_count: u32,
    /// Whether it was published to a namespace.
    pub(super) is_canonical: bool,
    #[schemars(with = "serde_json::Value")]
    pub(super) event: Box<RawValue>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeadLetterSnapshot {
    pub(super) sequence_number: u64,
    pub(super) reason: ReasonSnapshot,
    pub(super) delivery_count: u32,
    pub(super) published: String,
    /// When its last delivery began, if it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_delivered: Option<String>,
    /// How the last attempt to push it ended, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    pub(super) died: String,
    /// When it leaves; never without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) leaves: Option<String>,
    /// Whether it was published to a namespace.
    pub(super) is_canonical: bool,
    #[schemars(with = "serde_json::Value")]
    pub(super) event: Box<RawValue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) enum ReasonSnapshot {
    Rejected,
    Exhausted,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) enum StateSnapshot {
    Available,
    Locked,
    Delayed,
}

impl From<Duration> for DurationSnapshot {
    fn from(duration: Duration) -> Self {
        Self { seconds: duration.as_secs(), nanoseconds: duration.subsec_nanos() }
    }
}

impl From<&DeadLettering> for DeadLetteringSnapshot {
    fn from(dead_lettering: &DeadLettering) -> Self {
        Self { destination: dead_lettering.destination.clone(), delay: dead_lettering.delay.into() }
    }
}

#[cfg(feature = "data")]
impl DeadLetteringSnapshot {
    /// A dead-letter destination as JSON.
    pub(super) fn text(dead_lettering: &DeadLettering) -> String {
        serde_json::to_string(&Self::from(dead_lettering)).expect("all keys are text")
    }

    /// # Errors
    /// If it is not the JSON of a dead-letter destination: what is wrong.
    pub(super) fn parse(text: &str) -> Result<DeadLettering, String> {
        serde_json::from_str::<Self>(text).map_err(|error| error.to_string())?.read()
    }
}

impl DeadLetteringSnapshot {
    /// # Errors
    /// If its delay is none.
    pub(super) fn read(&self) -> Result<DeadLettering, String> {
        Ok(DeadLettering::new(self.destination.clone()).with_delay(self.delay.read_any()?))
    }
}

impl From<&CompiledFilter> for FilterSnapshot {
    fn from(filter: &CompiledFilter) -> Self {
        Self { is_of_custom_schema: filter.options().is_custom_schema(), filter: filter.filter().clone() }
    }
}

#[cfg(feature = "data")]
impl FilterSnapshot {
    /// A filter as JSON.
    pub(super) fn text(filter: &CompiledFilter) -> String {
        serde_json::to_string(&Self::from(filter)).expect("all keys are text")
    }

    /// # Errors
    /// If it is not the JSON of a filter: what is wrong.
    pub(super) fn parse(text: &str) -> Result<CompiledFilter, String> {
        serde_json::from_str::<Self>(text).map_err(|error| error.to_string())?.read()
    }
}

impl FilterSnapshot {
    /// # Errors
    /// If it has a clause that can mean nothing.
    fn read(&self) -> Result<CompiledFilter, String> {
        // It was checked when it was given to the subscription, by limits that may be others now.
        // Where a custom schema has its attributes is known when its topic is.
        let mapping = self.is_of_custom_schema.then(InputSchemaMapping::new);
        let options = compile_options(mapping.as_ref(), FilterLimits::none());
        self.filter.compile_with(&options).map_err(|error| error.to_string())
    }
}

impl DurationSnapshot {
    /// # Errors
    /// If it is none, or zero.
    pub(super) fn read(self) -> Result<Duration, String> {
        let duration = self.read_any()?;
        if duration.is_zero() { Err("a duration must be above zero".to_owned()) } else { Ok(duration) }
    }

    /// # Errors
    /// If it is none.
    fn read_any(self) -> Result<Duration, String> {
        let is_duration = self.nanoseconds < 1_000_000_000;
        is_duration
            .then(|| Duration::new(self.seconds, self.nanoseconds))
            .ok_or_else(|| "a duration must have fewer than 1000000000 nanoseconds".to_owned())
    }
}

/// A broker's state, read and checked, to be put in place of another.
pub(crate) struct ReadTopics(Vec<(String, Vec<ReadSubscription>)>);

struct ReadSubscription {
    name: String,
    queue: Subscription,
    filter: Option<CompiledFilter>,
}

impl ReadTopics {
    /// # Errors
    /// If it is not a state that a broker can have: what is wrong, and where.
    pub(crate) fn read(topics: &[TopicSnapshot]) -> Result<Self, String> {
        let mut names = HashSet::new();
        let mut read = Vec::new();
        for topic in topics {
            let name = &topic.name;
            if name.is_empty() || !names.insert(name.to_ascii_lowercase()) {
                return Err(format!("the name {name:?} of a topic is empty or given twice"));
            }
            let mut names = HashSet::new();
            let mut subscriptions = Vec::new();
            for subscription in &topic.event_subscriptions {
                let place = format!("{name}/{}", subscription.name);
                if subscription.name.is_empty() || !names.insert(subscription.name.to_ascii_lowercase()) {
                    return Err(format!(
                        "the name of the event subscription {place} is empty or given twice"
                    ));
                }
                let name = subscription.name.clone();
                let wrong = |error| format!("{place}: {error}");
                let queue = Subscription::restored(subscription).map_err(wrong)?;
                let filter = subscription.filter.as_ref().map(FilterSnapshot::read).transpose();
                subscriptions.push(ReadSubscription { name, queue, filter: filter.map_err(wrong)? });
            }
            read.push((name.clone(), subscriptions));
        }
        Ok(Self(read))
    }
}

impl Broker {
    /// Its whole state, topics in the order of the alphabet.
    pub(crate) fn snapshot(&self) -> Vec<TopicSnapshot> {
        let listed = |id: &SubscriptionId| self.subscriptions.get(id.0);
        let snapshot = |listed: &Listed| SubscriptionSnapshot {
            filter: listed.filter.as_ref().map(FilterSnapshot::from),
            ..listed.queue.snapshot(&listed.name)
        };
        let mut topics: Vec<_> = self
            .topics
            .values()
            .map(|topic| TopicSnapshot {
                name: topic.name.clone(),
                event_subscriptions: topic.subscriptions.iter().filter_map(listed).map(snapshot).collect(),
            })
            .collect();
        topics.sort_by(|first, second| first.name.cmp(&second.name));
        topics
    }

    /// Puts another state in place of its own. Endpoints are no part of it: an event subscription
    /// of the same name keeps its own.
    pub(crate) fn restore(&mut self, topics: ReadTopics) {
        let endpoints: Vec<_> = self.named_endpoints().collect();
        let before: Vec<_> = self.topics().collect();
        for topic in before {
            self.remove_topic(topic);
        }
        for (name, subscriptions) in topics.0 {
            let topic = self.create_topic(&name);
            for ReadSubscription { name, queue, filter } in subscriptions {
                let settings: SubscriptionSettings = queue.settings();
                if let Some(id) = self.create_subscription(topic, &name, settings) {
                    self.with(id, |subscription, _| *subscription = queue);
                    self.set_filter(id, filter);
                }
            }
        }
        for (topic, name, (tier, endpoint)) in endpoints {
            if let Some(id) = self.topic(&topic).and_then(|topic| self.subscription(topic, &name)) {
                self.set_push_endpoint(id, tier, Some(endpoint));
            }
        }
    }

    /// The endpoints of event subscriptions, each with the names of its topic and subscription.
    fn named_endpoints(&self) -> impl Iterator<Item = (String, String, (DeliveryTier, PushEndpoint))> {
        self.subscriptions.values().filter_map(|listed| {
            let topic = self.topics.get(listed.topic.0)?;
            Some((topic.name.clone(), listed.name.clone(), listed.queue.push_of_tier()?))
        })
    }
}
