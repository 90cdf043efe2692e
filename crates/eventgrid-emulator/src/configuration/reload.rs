//! Changes an emulator from one configuration to another.

use std::collections::HashSet;

use super::difference::Difference;
use super::event_subscriptions::ConfiguredSubscription;
use super::model::Configuration;
use crate::broker::SubscriptionSettings;
use crate::configuration_error::ConfigurationError;
use crate::server::RunningEmulator;
use crate::service::Emulator;
use crate::target::Target;
use crate::topic_id::TopicId;

impl RunningEmulator {
    /// Changes the emulator from one configuration to another in one step. What stays loses no
    /// events. Returns what changed, and which changes take effect only after a restart.
    ///
    /// `before` is the present configuration: the one that it was started with, or last changed to.
    ///
    /// # Errors
    /// If no emulator can be built from the second configuration; nothing is changed then.
    pub fn reconfigure(
        &self,
        before: &Configuration,
        after: &Configuration,
    ) -> Result<Difference, ConfigurationError> {
        let (before, after) = (before.clone(), after.clone());
        self.with(move |emulator| emulator.apply(&before, &after))
    }
}

impl Emulator {
    /// Applies what changes from one configuration to another. On an error nothing is changed: the
    /// builder has checked the second one as a whole, and what it names is there when its turn
    /// comes. So a topic or an event subscription that a program removed meanwhile is there again.
    pub(crate) fn apply(
        &mut self,
        before: &Configuration,
        after: &Configuration,
    ) -> Result<Difference, ConfigurationError> {
        let builder = after.builder();
        builder.check()?;
        let mut difference = Difference::between(before, after);
        self.add_missing(&mut difference, after);
        // A key that was made up at the start stays as long as none is given.
        let made_up = (!builder.has_key()).then(|| self.key().to_owned());
        let basic_before = before.builder().basic_resources();
        self.reconfigure(builder.credentials(made_up), &basic_before, builder.basic_resources());
        if before.limits != after.limits {
            self.set_limits(after.limits, builder.paths());
        }
        if before.faults != after.faults {
            self.set_faults(after.faults.clone(), None)?;
        }
        if before.attribute_order != after.attribute_order {
            self.set_attribute_order(after.attribute_order);
        }
        if before.namespace.mqtt != after.namespace.mqtt {
            self.route_mqtt_to(after.namespace.mqtt.route_to.clone());
        }
        self.remove(&difference);
        for topic in &difference.added_topics {
            self.create_topic(topic);
        }
        // What a program changed while the emulator ran stays, unless the file says something else.
        let other = difference.added_subscriptions.iter().chain(&difference.changed_subscriptions);
        let other: HashSet<_> = other.map(|(topic, name)| (&**topic, &**name)).collect();
        for ConfiguredSubscription { target, name, options } in after.event_subscriptions() {
            let shown = TopicId::text(target);
            if self.stats_of(target, name).is_some() && !other.contains(&(&*shown, name)) {
                continue;
            }
            let shown = format!("{shown}/{name}");
            let options = match options {
                Ok(options) => options,
                Err(source) => return Err(ConfigurationError::PushSetting { name: shown, source }),
            };
            self.ensure_event_subscription(target, name, &options, SubscriptionSettings::default())
                .map_err(|error| ConfigurationError::of_subscription(shown, error))?;
        }
        Ok(difference)
    }

    /// Adds to what is new the topics and event subscriptions of a configuration that were removed
    /// while the emulator ran.
    fn add_missing(&self, to: &mut Difference, of: &Configuration) {
        for topic in &of.namespace.topics {
            let is_gone = self.topic_overview(Target::NamespaceTopic(&topic.name)).is_none();
            if is_gone && !to.added_topics.contains(&topic.name) {
                to.added_topics.push(topic.name.clone());
            }
        }
        for ConfiguredSubscription { target, name, .. } in of.event_subscriptions() {
            let named = (TopicId::text(target), name.to_owned());
            if self.stats_of(target, name).is_none() && !to.added_subscriptions.contains(&named) {
                to.changed_subscriptions.retain(|changed| *changed != named);
                to.added_subscriptions.push(named);
            }
        }
        to.added_topics.sort_by_cached_key(|name| name.to_ascii_lowercase());
        let lower_case =
            |(topic, name): &(String, String)| (topic.to_ascii_lowercase(), name.to_ascii_lowercase());
        to.added_subscriptions.sort_by_cached_key(lower_case);
    }

    /// Takes away topics and event subscriptions with their events. Receives that wait for them are
    /// refused.
    fn remove(&mut self, difference: &Difference) {
        for (topic, name) in &difference.removed_subscriptions {
            if let Some(topic) = TopicId::parse(topic) {
                self.remove_subscription(topic.target(), name);
            }
        }
        for topic in &difference.removed_topics {
            self.remove_topic(topic);
        }
    }
}
