//! Where a file says that events are pushed, and how.

use std::num::NonZeroU32;
use std::time::Duration;

use eventgrid_push::{
    Batching, DeliveryProperties, DeliveryProperty, DeliverySchema, DeliveryTier, RetryPolicy,
};

use super::text_source::TextSource;
use crate::broker::PushEndpoint;
use crate::configuration_error::PushSettingError;

/// Where an event subscription pushes its events, and how.
///
/// In the file a subscription of a namespace topic has it as `deliveryConfiguration` with the
/// `deliveryMode` `Push`, and one of a basic topic, domain or channel as `destination` and
/// `retryPolicy`: the names of Azure Resource Manager, of which the members of `properties` are in
/// the table itself.
///
/// ```
/// use eventgrid_emulator::configuration::{Configuration, PushConfiguration, TextSource};
///
/// let mut configuration = Configuration::default();
/// let subscription = configuration.topic("orders").event_subscription("billing");
/// let mut push = PushConfiguration::new(TextSource::new("http://localhost:8080/events"));
/// push.max_delivery_attempts = Some(3);
/// subscription.push = Some(push);
/// configuration.check()?;
/// # Ok::<(), eventgrid_emulator::configuration::FileErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushConfiguration {
    /// `destination`: what events are pushed to.
    pub destination: DestinationConfiguration,
    /// `eventDeliverySchema`: the schema of what is pushed; that of the topic without it.
    pub schema: Option<DeliverySchema>,
    /// `maxEventsPerBatch`: how many events a request has at most, 1 to 5,000. With this or
    /// `preferredBatchSizeInKilobytes` events are pushed in batches.
    pub max_events_per_batch: Option<u32>,
    /// `preferredBatchSizeInKilobytes`: how large a body is unless one event alone is larger, 1 to
    /// 1,024 KiB.
    pub preferred_batch_size_in_kilobytes: Option<u32>,
    /// `deliveryAttributeMappings`: headers of each request, ten at most.
    pub delivery_properties: Vec<DeliveryPropertyConfiguration>,
    /// `maxDeliveryAttempts` of `retryPolicy`, 1 to 30, or `maxDeliveryCount` of `push`, 1 to 10:
    /// how often an event is pushed at most. The highest by default.
    pub max_delivery_attempts: Option<u32>,
    /// `eventTimeToLiveInMinutes` of `retryPolicy`, up to a day, or `eventTimeToLive` of `push`, up
    /// to seven days: how old an event may be when an attempt begins, in whole minutes. The longest
    /// by default.
    pub time_to_live: Option<Duration>,
    /// `handshake`: whether a handshake is made before events are pushed, as the service does; true
    /// by default.
    pub handshake: bool,
    /// `probationAfterFailures`: after how many events in a row that could not be delivered the
    /// endpoint is on probation ([`PushEndpoint::with_probation_after`]); never by default.
    pub probation_after_failures: Option<NonZeroU32>,
}

/// What events are pushed to: a `destination`, by its `endpointType`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DestinationConfiguration {
    /// `WebHook`, which a destination is without a type.
    WebHook {
        /// `endpointUrl`: a URL of `http` or `https`. Its query may have a secret.
        url: TextSource,
    },
    /// `NamespaceTopic`: events of a basic topic, a domain or a channel are published to a topic of
    /// the namespace.
    NamespaceTopic {
        /// `topic`: the name of the topic. A file may give the `resourceId` of Azure Resource
        /// Manager instead, which ends with it.
        topic: String,
    },
}

/// A header that each request has: a member of `deliveryAttributeMappings`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryPropertyConfiguration {
    /// `name`: that of the header.
    pub name: String,
    /// `type`, with the members that belong to it.
    pub value: DeliveryPropertyValue,
}

/// Where the value of a delivery property comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryPropertyValue {
    /// `Static`: the same value in each request.
    Static {
        /// `value`: the value.
        value: TextSource,
        /// `isSecret`: whether the value is never shown. One that is read from elsewhere is a
        /// secret unless the file says otherwise.
        is_secret: bool,
    },
    /// `Dynamic`: the value that the event has somewhere.
    Dynamic {
        /// `sourceField`: the path of a member of the event, such as `data.customer.city`.
        source_field: String,
    },
}

impl PushConfiguration {
    /// An endpoint with the service's defaults: a handshake, no batches, no headers of its own.
    pub fn new(url: TextSource) -> Self {
        Self::to(DestinationConfiguration::WebHook { url })
    }

    /// A topic of the namespace, with the service's defaults.
    ///
    /// ```
    /// use eventgrid_emulator::InputSchema;
    /// use eventgrid_emulator::configuration::{
    ///     BasicResourceConfiguration, BasicSubscriptionConfiguration, Configuration, PushConfiguration,
    /// };
    ///
    /// let mut feed = BasicSubscriptionConfiguration::new("feed");
    /// feed.push = Some(PushConfiguration::namespace_topic("orders"));
    /// let mut invoices = BasicResourceConfiguration::new("invoices", InputSchema::EventGrid);
    /// invoices.event_subscriptions.push(feed);
    /// let mut configuration = Configuration::default();
    /// configuration.topic("orders");
    /// configuration.basic_topics.push(invoices);
    /// configuration.check()?;
    /// # Ok::<(), eventgrid_emulator::configuration::FileErrors>(())
    /// ```
    pub fn namespace_topic(topic: impl Into<String>) -> Self {
        Self::to(DestinationConfiguration::NamespaceTopic { topic: topic.into() })
    }

    fn to(destination: DestinationConfiguration) -> Self {
        Self {
            destination,
            schema: None,
            max_events_per_batch: None,
            preferred_batch_size_in_kilobytes: None,
            delivery_properties: Vec::new(),
            max_delivery_attempts: None,
            time_to_live: None,
            handshake: true,
            probation_after_failures: None,
        }
    }

    /// The endpoint for an event subscription of that tier.
    ///
    /// # Errors
    /// If the URL or another setting is not valid, or if a text from the environment or a file was
    /// not read.
    pub fn endpoint(&self, tier: DeliveryTier) -> Result<PushEndpoint, PushSettingError> {
        let mut endpoint = match &self.destination {
            DestinationConfiguration::WebHook { url } => PushEndpoint::new(text_of(url)?)?,
            DestinationConfiguration::NamespaceTopic { topic } => PushEndpoint::namespace_topic(topic),
        };
        let batching =
            Batching::from_options(self.max_events_per_batch, self.preferred_batch_size_in_kilobytes)?;
        if let Some(batching) = batching {
            endpoint = endpoint.with_batching(batching);
        }
        if let Some(schema) = self.schema {
            endpoint = endpoint.with_schema(schema);
        }
        if let Some(policy) = self.retry_policy(tier)? {
            endpoint = endpoint.with_retry_policy(policy);
        }
        if !self.handshake {
            endpoint = endpoint.without_handshake();
        }
        if let Some(failures) = self.probation_after_failures {
            endpoint = endpoint.with_probation_after(failures);
        }
        let properties = self.delivery_properties.iter().map(DeliveryPropertyConfiguration::property);
        Ok(endpoint.with_properties(DeliveryProperties::new(properties.collect::<Result<_, _>>()?)?))
    }

    fn retry_policy(&self, tier: DeliveryTier) -> Result<Option<RetryPolicy>, PushSettingError> {
        if self.max_delivery_attempts.is_none() && self.time_to_live.is_none() {
            return Ok(None);
        }
        let mut policy = RetryPolicy::of(tier);
        if let Some(attempts) = self.max_delivery_attempts {
            policy = policy.with_max_attempts(attempts)?;
        }
        if let Some(time_to_live) = self.time_to_live {
            policy = policy.with_time_to_live(time_to_live)?;
        }
        Ok(Some(policy))
    }
}

impl DeliveryPropertyConfiguration {
    /// A header with that value.
    pub fn new(name: impl Into<String>, value: DeliveryPropertyValue) -> Self {
        Self { name: name.into(), value }
    }

    /// # Errors
    /// If the name or the value cannot be that of a header, or the value was not read.
    pub(in crate::configuration) fn property(&self) -> Result<DeliveryProperty, PushSettingError> {
        Ok(match &self.value {
            DeliveryPropertyValue::Static { value, is_secret: true } => {
                DeliveryProperty::secret(&self.name, text_of(value)?)?
            }
            DeliveryPropertyValue::Static { value, .. } => {
                DeliveryProperty::fixed(&self.name, text_of(value)?)?
            }
            DeliveryPropertyValue::Dynamic { source_field } => {
                DeliveryProperty::dynamic(&self.name, source_field)?
            }
        })
    }
}

impl DeliveryPropertyValue {
    /// The same value in each request, which may be shown.
    pub fn fixed(value: impl Into<String>) -> Self {
        Self::Static { value: TextSource::new(value), is_secret: false }
    }

    /// The same value in each request, which is never shown.
    pub fn secret(value: TextSource) -> Self {
        Self::Static { value, is_secret: true }
    }

    /// The value that the event has at that path.
    pub fn dynamic(source_field: impl Into<String>) -> Self {
        Self::Dynamic { source_field: source_field.into() }
    }
}

fn text_of(source: &TextSource) -> Result<&str, PushSettingError> {
    let text = source.text().ok_or_else(|| PushSettingError::NotRead { place: source.place() })?;
    Ok(text.expose())
}
