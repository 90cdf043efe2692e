//! Changes an emulator from one configuration to another.

use std::collections::HashSet;

use super::difference::Difference;
use super::model::Configuration;
use crate::configuration_error::ConfigurationError;
use crate::server::RunningEmulator;
use crate::service::Emulator;
use crate::target::Target;

impl RunningEmulator {
    /// Changes it from one configuration to another in one step, without losing an event of what
    /// stays. Returns what changed, and what has an effect after a restart alone.
    ///
    /// `before` is what it has now: what it was started with, or was changed to last.
    ///
    /// # Errors
    /// If the second configuration makes no emulator; nothing is changed then.
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
    /// Applies what changes from one configuration to another. On an error nothing is changed.
    pub(crate) fn apply(
        &mut self,
        before: &Configuration,
        after: &Configuration,
    ) -> Result<Difference, ConfigurationError> {
        let builder = after.builder();
        builder.check()?;
        let difference = Difference::between(before, after);
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
        self.remove(&difference);
        for topic in &difference.added_topics {
            self.create_topic(topic);
        }
        // What a program changed while the emulator ran stays, unless the file says something else.
        let other = difference.added_subscriptions.iter().chain(&difference.changed_subscriptions);
        let other: HashSet<_> = other.map(|(topic, name)| (&**topic, &**name)).collect();
        let all = after.subscriptions().zip(after.filters()).zip(after.dead_lettering());
        for (((topic, name, settings), (.., filter)), (.., dead_lettering)) in all {
            let target = Target::NamespaceTopic(topic);
            if self.stats_of(target, name).is_some() && !other.contains(&(topic, name)) {
                continue;
            }
            self.create_subscription(target, name, settings);
            self.configure_subscription(target, name, settings);
            let set = self.set_filter(target, name, &filter);
            set.map_err(|source| ConfigurationError::Filter { name: format!("{topic}/{name}"), source })?;
            self.ensure_dead_lettering(topic, name, dead_lettering);
        }
        Ok(difference)
    }

    /// Takes away topics and event subscriptions with their events. Receives that wait for them are
    /// refused.
    fn remove(&mut self, difference: &Difference) {
        for (topic, name) in &difference.removed_subscriptions {
            self.remove_subscription(Target::NamespaceTopic(topic), name);
        }
        for topic in &difference.removed_topics {
            self.remove_topic(topic);
        }
    }
}
