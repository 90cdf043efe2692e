//! Event subscriptions of every kind of topic, each with all that is said of it.

use eventgrid_filters::Filter;

use super::EmulatorBuilder;
use super::filters::is_same;
use crate::configuration_error::ConfigurationError;
use crate::name::NameKind;
use crate::service::{Emulator, EventSubscriptionOptions};
use crate::target::Target;
use crate::topic_id::TopicId;

impl EmulatorBuilder {
    /// Creates an event subscription of a topic of any kind, with all that is said of it. A topic
    /// of the namespace is created, too, if it is a new one; a basic topic, a domain or a channel
    /// must be created by its own method. The name has 3 to 64 letters, digits and hyphens, unless
    /// [`limits`](Self::limits) are relaxed.
    ///
    /// ```
    /// use eventgrid_emulator::eventgrid_filters::Filter;
    /// use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};
    ///
    /// let shops = Target::Domain("shops");
    /// let of_berlin = EventSubscriptionOptions::new().filter(Filter::new().subject_begins_with("berlin/"));
    /// let emulator = Emulator::builder()
    ///     .domain("shops", InputSchema::EventGrid)
    ///     .subscription_of(shops, "audit", of_berlin)
    ///     .build()?;
    /// assert_eq!(emulator.stats_of(shops, "audit").unwrap().queued, 0);
    /// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
    /// ```
    #[must_use]
    pub fn subscription_of(
        mut self,
        target: Target<'_>,
        subscription: impl Into<String>,
        options: EventSubscriptionOptions,
    ) -> Self {
        let name = subscription.into();
        let Target::NamespaceTopic(topic) = target else {
            self.subscriptions_of_basic.push((TopicId::of(target), name, options));
            return self;
        };
        if *options.wanted_filter() != Filter::new() {
            self = self.subscription_filter(topic, &name, options.wanted_filter().clone());
        }
        if let Some(dead_lettering) = options.wanted_dead_lettering() {
            self = self.subscription_dead_lettering(topic, &name, dead_lettering.clone());
        }
        if let Some(endpoint) = options.wanted_push_endpoint() {
            self = self.subscription_push_endpoint(topic, &name, endpoint.clone());
        }
        self.subscriptions.push((topic.to_owned(), name, options.wanted_settings()));
        self
    }

    /// What is wrong with it, found before it was told: [`check`](Self::check) says so.
    #[cfg(feature = "configuration")]
    pub(crate) fn refused(mut self, error: ConfigurationError) -> Self {
        self.refused.get_or_insert(error);
        self
    }

    /// # Errors
    /// If an event subscription of a basic topic, a domain or a channel has a name that is not
    /// valid or is given twice, has no topic, or cannot be as it is said.
    pub(super) fn check_subscriptions_of_basic(&self) -> Result<(), ConfigurationError> {
        let basic = self.basic_resources();
        let targets: Vec<_> = basic.targets_with_schemas().collect();
        let subscribed = self.subscriptions.iter().map(|(topic, ..)| topic);
        let topics = self.topics.iter().chain(subscribed);
        for (index, (topic, name, options)) in self.subscriptions_of_basic.iter().enumerate() {
            self.check_name(name, NameKind::Subscription)?;
            let shown = format!("{topic}/{name}");
            let path = topic.target().topic_name();
            let is_again = |(other, of, _): &&(TopicId, String, _)| {
                is_same((&path, name), (&other.target().topic_name(), of))
            };
            if self.subscriptions_of_basic.iter().take(index).any(|other| is_again(&other)) {
                return Err(ConfigurationError::DuplicateName { name: shown });
            }
            let is_target = |(target, _): &&(Target<'_>, _)| {
                target.parts().0 == topic.target().parts().0
                    && target.topic_name().eq_ignore_ascii_case(&path)
            };
            let Some(target) = targets.iter().find(is_target) else {
                return Err(ConfigurationError::SubscriptionOfNothing { name: shown });
            };
            let has_topic = |name: &str| topics.clone().any(|topic| topic.eq_ignore_ascii_case(name));
            options
                .check(*target, name, self.limits, has_topic)
                .map_err(|error| ConfigurationError::of_subscription(shown, error))?;
            options.wanted_settings().iter().try_for_each(super::check::check_settings)?;
        }
        Ok(())
    }

    /// Gives event subscriptions of basic topics, domains and channels their endpoints, and creates
    /// them if they are not there.
    #[cfg(feature = "data")]
    pub(super) fn set_push_endpoints_of_basic(
        &self,
        emulator: &mut Emulator,
    ) -> Result<(), ConfigurationError> {
        for (topic, name, options) in &self.subscriptions_of_basic {
            let settings = options.wanted_settings().unwrap_or(self.settings);
            emulator.create_subscription(topic.target(), name, settings);
            let set = emulator.ensure_endpoint(topic.target(), name, options);
            set.map_err(|error| ConfigurationError::of_subscription(format!("{topic}/{name}"), error))?;
        }
        Ok(())
    }

    /// Makes event subscriptions of basic topics, domains and channels what is said of them.
    pub(super) fn ensure_subscriptions_of_basic(
        &self,
        emulator: &mut Emulator,
    ) -> Result<(), ConfigurationError> {
        for (topic, name, options) in &self.subscriptions_of_basic {
            let ensured = emulator.ensure_event_subscription(topic.target(), name, options, self.settings);
            ensured.map_err(|error| ConfigurationError::of_subscription(format!("{topic}/{name}"), error))?;
        }
        Ok(())
    }
}
