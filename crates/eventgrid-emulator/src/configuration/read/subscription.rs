//! Event subscriptions of a TOML document, of every kind of topic.

use std::ops::Range;
use std::time::Duration;

use eventgrid_filters::{Filter, NamespaceFilter};
use eventgrid_push::{DeliveryTier, InputSchemaMapping};

use super::super::model::{
    BasicSubscriptionConfiguration, EventSubscriptionConfiguration, SubscriptionSettingsConfiguration,
};
use super::super::name::Names;
use super::super::table::{Table, Value};
use super::{DAY_IN_SECONDS, Reader};
use crate::accepted::InputSchema;
use crate::broker::{DeadLetterDestination, DeadLettering, compile_options};
use crate::duration::read_duration;
use crate::name::NameKind;
use crate::service::check_dead_lettering;
use crate::topic_id::TopicId;

/// What says how events are received.
const SETTINGS: [&str; 3] = ["receiveLockDurationInSeconds", "maxDeliveryCount", "eventTimeToLive"];

/// A topic whose event subscriptions are read, and the schema of its events. Without a name that
/// can be read there is no topic.
#[derive(Clone)]
pub(super) struct TopicOfSubscriptions {
    pub(super) id: Option<TopicId>,
    pub(super) schema: InputSchema,
}

/// Where dead letters of a topic go, to be checked when all topics are known.
pub(super) struct DeadLettersOf {
    topic: TopicId,
    schema: InputSchema,
    place: (Range<usize>, String),
    dead_lettering: DeadLettering,
}

impl Reader<'_, '_> {
    pub(super) fn subscription(
        &mut self,
        mut table: Table<'_, '_>,
        topic: &TopicOfSubscriptions,
        names: &mut Names,
    ) -> Option<EventSubscriptionConfiguration> {
        let name = self.name(&mut table, NameKind::Subscription, names);
        let mut settings = self.settings(&mut table);
        let filter = table.get("filtersConfiguration").and_then(|value| self.namespace_filter(&value));
        let dead_lettering = self.dead_lettering(&mut table, topic);
        let push = self.delivery_configuration(&mut table, &mut settings, topic);
        table.finish(&[], self.errors);
        Some(EventSubscriptionConfiguration {
            name: name?,
            settings,
            filters_configuration: filter.unwrap_or_default(),
            dead_lettering,
            push,
        })
    }

    /// The event subscriptions of a basic topic, a domain or a channel.
    pub(super) fn basic_subscriptions(
        &mut self,
        table: &mut Table<'_, '_>,
        topic: &TopicOfSubscriptions,
    ) -> Vec<BasicSubscriptionConfiguration> {
        let mut names = Names::default();
        self.list(table.get("eventSubscriptions"), |reader, table| {
            reader.basic_subscription(table, topic, &mut names)
        })
    }

    fn basic_subscription(
        &mut self,
        mut table: Table<'_, '_>,
        topic: &TopicOfSubscriptions,
        names: &mut Names,
    ) -> Option<BasicSubscriptionConfiguration> {
        let name = self.name(&mut table, NameKind::Subscription, names);
        let settings = self.settings(&mut table);
        let filter = table.get("filter").and_then(|value| self.filter(&value, topic));
        let dead_lettering = self.dead_lettering(&mut table, topic);
        let push = self.destination(&mut table, topic);
        if push.is_some() {
            self.no_settings(&mut table, DeliveryTier::Basic);
        }
        table.finish(&[], self.errors);
        Some(BasicSubscriptionConfiguration {
            name: name?,
            settings,
            filter: filter.unwrap_or_default(),
            dead_lettering,
            push,
        })
    }

    fn dead_lettering(
        &mut self,
        table: &mut Table<'_, '_>,
        topic: &TopicOfSubscriptions,
    ) -> Option<DeadLettering> {
        let delay = table.get("deadLetterDelayInSeconds");
        let seconds = delay.as_ref().and_then(|value| value.integer(0..=DAY_IN_SECONDS, self.errors));
        let Some(value) = table.get("deadLetterDestination") else {
            if let Some(delay) = delay {
                delay.wrong(
                    self.errors,
                    "there is no deadLetterDestination that this could be for: give one, too",
                );
            }
            return None;
        };
        let destination: DeadLetterDestination = value.deserialize(self.errors)?;
        let mut dead_lettering = DeadLettering::new(destination);
        dead_lettering.delay = seconds.map_or(dead_lettering.delay, Duration::from_secs);
        self.dead_letters.extend(topic.id.clone().map(|id| DeadLettersOf {
            topic: id,
            schema: topic.schema,
            place: value.place(),
            dead_lettering: dead_lettering.clone(),
        }));
        Some(dead_lettering)
    }

    /// Checks where dead letters go, now that all topics of the namespace are known.
    pub(super) fn check_dead_letters(&mut self, has_topic: impl Fn(&str) -> bool) {
        for DeadLettersOf { topic, schema, place: (span, path), dead_lettering } in
            self.dead_letters.drain(..)
        {
            let checked =
                check_dead_lettering((topic.target(), Some(schema)), &dead_lettering, |name| has_topic(name));
            if let Err(error) = checked {
                self.errors.add(span, &path, error.to_string());
            }
        }
    }

    fn namespace_filter(&mut self, value: &Value<'_, '_>) -> Option<NamespaceFilter> {
        let filter: NamespaceFilter = value.deserialize(self.errors)?;
        self.check_filter(value, &Filter::from(filter.clone()), false).then_some(filter)
    }

    fn filter(&mut self, value: &Value<'_, '_>, topic: &TopicOfSubscriptions) -> Option<Filter> {
        let filter: Filter = value.deserialize(self.errors)?;
        self.check_filter(value, &filter, topic.schema == InputSchema::Custom).then_some(filter)
    }

    fn check_filter(&mut self, value: &Value<'_, '_>, filter: &Filter, is_custom: bool) -> bool {
        let mapping = is_custom.then(InputSchemaMapping::new);
        let compiled = filter.compile_with(&compile_options(mapping.as_ref(), self.limits.of_filters()));
        self.errors.keep(value, compiled.map_err(|error| error.to_string())).is_some()
    }

    pub(super) fn settings(&mut self, table: &mut Table<'_, '_>) -> SubscriptionSettingsConfiguration {
        let [lock, count, time_to_live] = SETTINGS.map(|name| table.get(name));
        let seconds = lock.and_then(|value| value.integer(1..=DAY_IN_SECONDS, self.errors));
        let count = count.and_then(|value| value.integer(1..=u64::from(u32::MAX), self.errors));
        SubscriptionSettingsConfiguration {
            lock_duration: seconds.map(Duration::from_secs),
            max_delivery_count: count.and_then(|count| u32::try_from(count).ok()),
            time_to_live: time_to_live.and_then(|value| self.duration(&value)),
        }
    }

    pub(super) fn duration(&mut self, value: &Value<'_, '_>) -> Option<Duration> {
        let text = value.text(self.errors)?;
        self.errors.keep(value, read_duration(text))
    }

    /// Says of each setting for receivers that nobody receives events that are pushed.
    pub(super) fn no_settings(&mut self, table: &mut Table<'_, '_>, tier: DeliveryTier) {
        let instead = match tier {
            DeliveryTier::Namespace => "maxDeliveryCount and eventTimeToLive of deliveryConfiguration.push",
            _ => "retryPolicy",
        };
        for value in SETTINGS.into_iter().filter_map(|name| table.get(name)) {
            value.wrong(
                self.errors,
                format!("this is for events that are received, and these are pushed: remove it, or write {instead}"),
            );
        }
    }
}
