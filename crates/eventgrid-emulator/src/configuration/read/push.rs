//! Where events are pushed, and how, as a TOML document says it.

use std::error::Error;
use std::num::NonZeroU32;
use std::time::Duration;

use eventgrid_push::{DeliveryProperties, DeliverySchema, DeliveryTier, RetryPolicy};

use super::super::model::{
    DeliveryPropertyConfiguration, DeliveryPropertyValue, DestinationConfiguration, PushConfiguration,
    SubscriptionSettingsConfiguration, TextSource,
};
use super::super::table::{Table, Value};
use super::Reader;
use super::subscription::TopicOfSubscriptions;
use crate::broker::PushEndpoint;
use crate::service::{PushEndpointError, check_push_endpoint};

/// A name that every request can have, for what is checked without the name.
const ANY_NAME: &str = "billing";

impl Reader<'_, '_> {
    /// How events of a namespace topic are delivered: pushed, or received as the settings say,
    /// which are put into `settings`.
    pub(super) fn delivery_configuration(
        &mut self,
        table: &mut Table<'_, '_>,
        settings: &mut SubscriptionSettingsConfiguration,
        topic: &TopicOfSubscriptions,
    ) -> Option<PushConfiguration> {
        let schema = self.delivery_schema(table);
        let delivery = table.get("deliveryConfiguration");
        let Some(mut delivery) = delivery.and_then(|value| value.table(self.errors)) else {
            self.only_cloud_events(schema);
            return None;
        };
        let mode = delivery.require("deliveryMode", self.errors);
        let is_push = mode.and_then(|value| {
            let text = value.text(self.errors)?;
            let is_push = match text {
                "Push" => Ok(true),
                "Queue" => Ok(false),
                _ => Err("expected Push or Queue".to_owned()),
            };
            self.errors.keep(&value, is_push)
        });
        let (queue, push) = (delivery.get("queue"), delivery.get("push"));
        let mut found = None;
        match is_push {
            Some(true) => {
                if let Some(queue) = queue {
                    let message = "events are pushed here: remove this, or write deliveryMode = \"Queue\"";
                    queue.wrong(self.errors, message);
                }
                self.no_settings(table, DeliveryTier::Namespace);
                let push = delivery.require("push", self.errors);
                let push = push.and_then(|value| value.table(self.errors));
                found = push.and_then(|push| self.push(push, schema, topic));
            }
            Some(false) => {
                if let Some(push) = push {
                    let message = "events are received here: remove this, or write deliveryMode = \"Push\"";
                    push.wrong(self.errors, message);
                }
                if let Some(queue) = queue.and_then(|value| value.table(self.errors)) {
                    self.queue(table, queue, settings);
                }
                self.only_cloud_events(schema);
            }
            None => {}
        }
        delivery.finish(&[], self.errors);
        found
    }

    /// Settings for receivers in the place where Azure Resource Manager has them.
    fn queue(
        &mut self,
        subscription: &mut Table<'_, '_>,
        mut queue: Table<'_, '_>,
        settings: &mut SubscriptionSettingsConfiguration,
    ) {
        let within = self.settings(&mut queue);
        for name in ["receiveLockDurationInSeconds", "maxDeliveryCount", "eventTimeToLive"] {
            if let (Some(_), Some(again)) = (subscription.get(name), queue.get(name)) {
                again.wrong(self.errors, "the event subscription says this, too: write it in one place");
            }
        }
        queue.finish(&[], self.errors);
        settings.lock_duration = settings.lock_duration.or(within.lock_duration);
        settings.max_delivery_count = settings.max_delivery_count.or(within.max_delivery_count);
        settings.time_to_live = settings.time_to_live.or(within.time_to_live);
    }

    fn push(
        &mut self,
        mut table: Table<'_, '_>,
        schema: Option<(DeliverySchema, Value<'_, '_>)>,
        topic: &TopicOfSubscriptions,
    ) -> Option<PushConfiguration> {
        let attempts = self.attempts(table.get("maxDeliveryCount"), DeliveryTier::Namespace);
        let time_to_live = table.get("eventTimeToLive").and_then(|value| {
            let duration = self.duration(&value)?;
            self.time_to_live(&value, duration, DeliveryTier::Namespace)
        });
        let destination = table.require("destination", self.errors);
        table.finish(&[], self.errors);
        let destination = destination?;
        let mut push = self.endpoint(&destination)?;
        if let DestinationConfiguration::NamespaceTopic { .. } = push.destination {
            destination.wrong(self.errors, PushEndpointError::FeedOfNamespace.to_string());
            return None;
        }
        push.max_delivery_attempts = attempts;
        push.time_to_live = time_to_live;
        push.schema = schema.as_ref().map(|(schema, _)| *schema);
        self.check_schema(push, schema, topic)
    }

    /// Where events of a basic topic, a domain or a channel are pushed.
    pub(super) fn destination(
        &mut self,
        table: &mut Table<'_, '_>,
        topic: &TopicOfSubscriptions,
    ) -> Option<PushConfiguration> {
        let schema = self.delivery_schema(table);
        let retry = table.get("retryPolicy");
        let Some(destination) = table.get("destination") else {
            let of_nothing = [schema.map(|(_, value)| value), retry];
            for value in of_nothing.into_iter().flatten() {
                value.wrong(
                    self.errors,
                    "events are received here, since there is no destination: give one, too, or remove this",
                );
            }
            return None;
        };
        let mut push = self.endpoint(&destination)?;
        if let Some(mut retry) = retry.and_then(|value| value.table(self.errors)) {
            push.max_delivery_attempts = self.attempts(retry.get("maxDeliveryAttempts"), DeliveryTier::Basic);
            push.time_to_live = retry.get("eventTimeToLiveInMinutes").and_then(|value| {
                let longest = DeliveryTier::Basic.longest_time_to_live().as_secs() / 60;
                let minutes = value.integer(1..=longest, self.errors)?;
                Some(Duration::from_secs(60 * minutes))
            });
            retry.finish(&[], self.errors);
        }
        push.schema = schema.as_ref().map(|(schema, _)| *schema);
        self.check_schema(push, schema, topic)
    }

    fn attempts(&mut self, value: Option<Value<'_, '_>>, tier: DeliveryTier) -> Option<u32> {
        let attempts = value?.integer(1..=u64::from(tier.most_attempts()), self.errors)?;
        u32::try_from(attempts).ok()
    }

    fn time_to_live(
        &mut self,
        value: &Value<'_, '_>,
        duration: Duration,
        tier: DeliveryTier,
    ) -> Option<Duration> {
        let checked = RetryPolicy::of(tier).with_time_to_live(duration);
        self.errors.keep(value, checked.map(|_| duration).map_err(|error| error.to_string()))
    }

    /// A webhook or a topic of the namespace.
    fn endpoint(&mut self, value: &Value<'_, '_>) -> Option<PushConfiguration> {
        let mut table = value.table(self.errors)?;
        let is_webhook = table.get("endpointType").is_none_or(|kind| {
            let is_webhook = kind.text(self.errors).map(|text| match text {
                "WebHook" => Ok(true),
                "NamespaceTopic" => Ok(false),
                _ => Err("expected WebHook or NamespaceTopic, the destinations here".to_owned()),
            });
            is_webhook.and_then(|result| self.errors.keep(&kind, result)).unwrap_or(true)
        });
        if is_webhook { self.webhook(table) } else { self.fed_topic(table) }
    }

    /// A webhook: its URL, how its batches are cut, its headers, and whether it is asked first.
    fn webhook(&mut self, mut table: Table<'_, '_>) -> Option<PushConfiguration> {
        let url = table.require("endpointUrl", self.errors).and_then(|value| {
            let url = self.text_source(&value)?;
            let checked = url.text().map_or(Ok(()), |text| PushEndpoint::new(text.expose()).map(drop));
            self.errors.keep(&value, checked.map(|()| url).map_err(|error| error.to_string()))
        });
        let mut number = |name, most| {
            let number = table.get(name)?.integer(1..=most, self.errors)?;
            u32::try_from(number).ok()
        };
        let (events, kilobytes) =
            (number("maxEventsPerBatch", 5000), number("preferredBatchSizeInKilobytes", 1024));
        let failures = number("probationAfterFailures", u64::from(u32::MAX)).and_then(NonZeroU32::new);
        let properties = table.get("deliveryAttributeMappings");
        let properties = properties.map(|value| self.properties(&value)).unwrap_or_default();
        let handshake = table.get("handshake").and_then(|value| value.boolean(self.errors));
        table.finish(&[], self.errors);
        let mut push = PushConfiguration::new(url?);
        push.max_events_per_batch = events;
        push.preferred_batch_size_in_kilobytes = kilobytes;
        push.delivery_properties = properties;
        push.handshake = handshake.unwrap_or(true);
        push.probation_after_failures = failures;
        Some(push)
    }

    fn properties(&mut self, value: &Value<'_, '_>) -> Vec<DeliveryPropertyConfiguration> {
        let tables = value.elements(self.errors);
        let properties: Vec<_> = tables.iter().filter_map(|element| self.property(element)).collect();
        let known = properties.iter().filter_map(|property| property.property().ok()).collect();
        let checked = DeliveryProperties::new(known).map_err(|error| error.to_string());
        self.errors.keep(value, checked);
        properties
    }

    fn property(&mut self, element: &Value<'_, '_>) -> Option<DeliveryPropertyConfiguration> {
        let mut table = element.table(self.errors)?;
        let name = table.require("name", self.errors).and_then(|value| value.text(self.errors));
        let kind = table.require("type", self.errors);
        let kind = kind.and_then(|value| {
            let text = value.text(self.errors)?;
            let is_static = match text {
                "Static" => Ok(true),
                "Dynamic" => Ok(false),
                _ => Err("expected Static or Dynamic".to_owned()),
            };
            self.errors.keep(&value, is_static)
        });
        let value = match kind {
            Some(true) => {
                let value = table.require("value", self.errors);
                let value = value.and_then(|value| self.text_source(&value));
                let is_secret = table.get("isSecret").and_then(|value| value.boolean(self.errors));
                value.map(|value| {
                    let is_secret = is_secret.unwrap_or(value.is_elsewhere());
                    DeliveryPropertyValue::Static { value, is_secret }
                })
            }
            Some(false) => {
                let field = table.require("sourceField", self.errors);
                field.and_then(|value| value.text(self.errors)).map(DeliveryPropertyValue::dynamic)
            }
            None => None,
        };
        if kind.is_some() {
            table.finish(&[], self.errors);
        }
        let property = DeliveryPropertyConfiguration::new(name?, value?);
        // A value that is elsewhere and was not read is checked when it is.
        let is_read = match &property.value {
            DeliveryPropertyValue::Static { value, .. } => value.text().is_some(),
            DeliveryPropertyValue::Dynamic { .. } => true,
        };
        let checked = if is_read { property.property().map(drop) } else { Ok(()) };
        self.errors.keep(element, checked.map(|()| property).map_err(|error| error.to_string()))
    }

    /// A text, or where it is.
    fn text_source(&mut self, value: &Value<'_, '_>) -> Option<TextSource> {
        if !value.is_table() {
            return value.text(self.errors).map(TextSource::new);
        }
        let mut table = value.table(self.errors)?;
        let [name, path] = ["environment", "file"]
            .map(|name| table.get(name))
            .map(|value| value.and_then(|value| value.text(self.errors)));
        let source = match (name, path) {
            (Some(name), None) if !name.is_empty() => Some(TextSource::environment(name)),
            (None, Some(path)) if !path.is_empty() => Some(TextSource::file(path)),
            _ => {
                let message = "expected a string, { environment = \"VARIABLE\" } or { file = \"PATH\" }";
                table.wrong(self.errors, message);
                None
            }
        };
        table.finish(&[], self.errors);
        let source = source?;
        match (self.read_text)(&source) {
            None => Some(source),
            Some(Ok(text)) => Some(source.with_text(text)),
            Some(Err(error)) => {
                value.wrong(self.errors, error.to_string());
                None
            }
        }
    }

    fn delivery_schema<'t, 's>(
        &mut self,
        table: &mut Table<'t, 's>,
    ) -> Option<(DeliverySchema, Value<'t, 's>)> {
        let value = table.get("eventDeliverySchema")?;
        value.deserialize(self.errors).map(|schema| (schema, value))
    }

    /// Whoever receives events gets them in the schema of the namespace.
    fn only_cloud_events(&mut self, schema: Option<(DeliverySchema, Value<'_, '_>)>) {
        if let Some((_, value)) = schema.filter(|(schema, _)| *schema != DeliverySchema::CloudEvents) {
            value.wrong(self.errors, "events of a namespace are delivered as CloudEventSchemaV1_0 alone");
        }
    }

    /// Whether events of the topic can be pushed in the schema that is asked for.
    fn check_schema(
        &mut self,
        push: PushConfiguration,
        schema: Option<(DeliverySchema, Value<'_, '_>)>,
        topic: &TopicOfSubscriptions,
    ) -> Option<PushConfiguration> {
        let (Some((schema, value)), Some(id)) = (schema, &topic.id) else { return Some(push) };
        let endpoint = match &push.destination {
            DestinationConfiguration::WebHook { .. } => PushEndpoint::new("http://localhost/").ok()?,
            DestinationConfiguration::NamespaceTopic { topic } => PushEndpoint::namespace_topic(topic),
        };
        let endpoint = endpoint.with_schema(schema);
        let checked = check_push_endpoint(id.target(), ANY_NAME, &endpoint, Some(topic.schema), |_| true);
        let checked = checked.map_err(|error| match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        });
        self.errors.keep(&value, checked.map(|()| push))
    }
}
