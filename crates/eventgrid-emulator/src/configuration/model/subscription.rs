//! What a file says of event subscriptions.

use std::time::Duration;

use eventgrid_filters::{Filter, NamespaceFilter};

use super::push::PushConfiguration;
use crate::broker::{DeadLettering, SubscriptionSettings};

/// An event subscription of a topic of the namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventSubscriptionConfiguration {
    /// `name`: 3 to 64 letters, digits and hyphens.
    pub name: String,
    /// Its settings, if its events are received. In the file they can also be in
    /// `deliveryConfiguration` with the `deliveryMode` `Queue`, as `queue`.
    pub settings: SubscriptionSettingsConfiguration,
    /// `filtersConfiguration`: which events it takes, with the names of Azure Resource Manager; all
    /// by default.
    pub filters_configuration: NamespaceFilter,
    /// `deadLetterDestination` and `deadLetterDelayInSeconds`: where its dead letters go, and how
    /// long after their last delivery. The destination is `"list"`, `{ folder = "PATH" }` or
    /// `{ topic = "NAME" }`, which must be another topic of the file; the delay is a whole number
    /// of seconds up to a day, five minutes by default. Without a destination an event that dies is
    /// dropped.
    pub dead_lettering: Option<DeadLettering>,
    /// `deliveryConfiguration` with the `deliveryMode` `Push`, and `eventDeliverySchema`: where its
    /// events are pushed. They are received without it.
    pub push: Option<PushConfiguration>,
}

/// An event subscription of a custom topic, a domain or a channel of Event Grid "Basic".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BasicSubscriptionConfiguration {
    /// `name`: 3 to 64 letters, digits and hyphens.
    pub name: String,
    /// Its settings, if its events are received. Only the emulator allows that, by a Rust program
    /// or the admin API.
    pub settings: SubscriptionSettingsConfiguration,
    /// `filter`: which events it takes, with the names of Azure Resource Manager; all by default.
    pub filter: Filter,
    /// `deadLetterDestination` and `deadLetterDelayInSeconds`, as those of
    /// [`EventSubscriptionConfiguration`]. Only `CloudEvents` can go to a topic.
    pub dead_lettering: Option<DeadLettering>,
    /// `destination`, `retryPolicy` and `eventDeliverySchema`: where its events are pushed. They
    /// are received without it.
    pub push: Option<PushConfiguration>,
}

/// Settings of event subscriptions, under the names that they have in Azure Resource Manager
/// (`Microsoft.EventGrid/namespaces/topics/eventSubscriptions`). If a setting is `None`, that of
/// the topic is used, then that of the namespace, then that of
/// [`SubscriptionSettings::default`](crate::broker::SubscriptionSettings).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubscriptionSettingsConfiguration {
    /// `receiveLockDurationInSeconds`: how long a received event stays locked; a second to a day.
    /// The service takes 60 to 300 seconds.
    pub lock_duration: Option<Duration>,
    /// `maxDeliveryCount`: how often an event is delivered at most; 1 or more. The service takes 1
    /// to 10.
    pub max_delivery_count: Option<u32>,
    /// `eventTimeToLive`: how long after its publication an event is kept, as an ISO 8601 duration
    /// such as `P1D` or `PT90S`. The service takes a minute to seven days.
    pub time_to_live: Option<Duration>,
}

impl EventSubscriptionConfiguration {
    /// An event subscription with the settings of its topic.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            settings: SubscriptionSettingsConfiguration::default(),
            filters_configuration: NamespaceFilter::default(),
            dead_lettering: None,
            push: None,
        }
    }
}

impl BasicSubscriptionConfiguration {
    /// An event subscription whose events are received.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            settings: SubscriptionSettingsConfiguration::default(),
            filter: Filter::new(),
            dead_lettering: None,
            push: None,
        }
    }
}

impl SubscriptionSettingsConfiguration {
    /// The settings that the first layer says, or else the next one, or else the service's
    /// defaults.
    pub(in crate::configuration) fn resolve(layers: &[Self]) -> SubscriptionSettings {
        let default = SubscriptionSettings::default();
        SubscriptionSettings {
            lock_duration: layers.iter().find_map(|it| it.lock_duration).unwrap_or(default.lock_duration),
            max_delivery_count: layers
                .iter()
                .find_map(|it| it.max_delivery_count)
                .unwrap_or(default.max_delivery_count),
            time_to_live: layers.iter().find_map(|it| it.time_to_live).unwrap_or(default.time_to_live),
        }
    }
}
