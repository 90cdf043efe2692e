//! Where dead letters of event subscriptions go.

use super::EmulatorBuilder;
use super::filters::is_same;
use crate::accepted::InputSchema;
use crate::broker::DeadLettering;
use crate::configuration_error::ConfigurationError;
use crate::service::check_dead_lettering;
use crate::target::Target;

impl EmulatorBuilder {
    /// Says where the dead letters of an event subscription go; without this an event that dies is
    /// counted and dropped. The subscription is one that is created by
    /// [`subscription`](Self::subscription) or [`subscription_with`](Self::subscription_with). Of
    /// two destinations the second counts.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventgrid_emulator::Emulator;
    /// use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
    ///
    /// let to_audit = DeadLettering::new(DeadLetterDestination::Topic("dead".to_owned()));
    /// let namespace = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .subscription("dead", "audit")
    ///     .subscription_dead_lettering("orders", "billing", to_audit.with_delay(Duration::ZERO))
    ///     .in_process()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn subscription_dead_lettering(
        mut self,
        topic: impl Into<String>,
        subscription: impl Into<String>,
        dead_lettering: DeadLettering,
    ) -> Self {
        self.dead_lettering.push((topic.into(), subscription.into(), dead_lettering));
        self
    }

    /// # Errors
    /// If a destination makes no sense, or there is no such subscription.
    pub(super) fn check_dead_lettering(&self) -> Result<(), ConfigurationError> {
        let subscribed = self.subscriptions.iter().map(|(topic, ..)| topic);
        let topics = self.topics.iter().chain(subscribed);
        let has_topic = |name: &str| topics.clone().any(|topic| topic.eq_ignore_ascii_case(name));
        for (topic, name, dead_lettering) in &self.dead_lettering {
            let shown = || format!("{topic}/{name}");
            if !self.subscriptions.iter().any(|(of, other, _)| is_same((of, other), (topic, name))) {
                return Err(ConfigurationError::DeadLetteringOfNothing { name: shown() });
            }
            let target = (Target::NamespaceTopic(topic), Some(InputSchema::CloudEvents));
            check_dead_lettering(target, dead_lettering, has_topic)
                .map_err(|source| ConfigurationError::DeadLettering { name: shown(), source })?;
        }
        Ok(())
    }

    /// Where the dead letters of an event subscription go.
    #[cfg(feature = "data")]
    pub(super) fn dead_lettering_of(&self, topic: &str, name: &str) -> Option<&DeadLettering> {
        let all = self.dead_lettering.iter().rev();
        let mut found = all.filter(|(of, other, _)| is_same((of, other), (topic, name)));
        found.next().map(|(.., dead_lettering)| dead_lettering)
    }
}
