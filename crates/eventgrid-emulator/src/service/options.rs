//! All that can be said of an event subscription, of any kind of topic.

use eventgrid_filters::{Filter, FilterError};
use eventgrid_push::InputSchemaMapping;

use super::Emulator;
use super::dead_letters::{DeadLetteringError, check_dead_lettering};
use super::pushes::{PushEndpointError, check_push_endpoint};
use crate::accepted::InputSchema;
use crate::broker::{DeadLettering, PushEndpoint, SubscriptionSettings, compile_options};
use crate::limits::Limits;
use crate::target::Target;

/// All that can be said of an event subscription: how it delivers, which events it takes, where its
/// dead letters go, and where its events are pushed.
///
/// ```
/// use eventgrid_emulator::broker::PushEndpoint;
/// use eventgrid_emulator::eventgrid_filters::Filter;
/// use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};
///
/// let options = EventSubscriptionOptions::new()
///     .filter(Filter::new().include_event_type("Ordered"))
///     .push_endpoint(PushEndpoint::new("http://localhost:8080/events")?);
/// let emulator = Emulator::builder()
///     .basic_topic("invoices", InputSchema::EventGrid)
///     .subscription_of(Target::BasicTopic("invoices"), "billing", options)
///     .build()?;
/// assert!(emulator.push_endpoint(Target::BasicTopic("invoices"), "billing").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventSubscriptionOptions {
    settings: Option<SubscriptionSettings>,
    filter: Filter,
    dead_lettering: Option<DeadLettering>,
    push_endpoint: Option<PushEndpoint>,
}

/// Why an event subscription cannot be as its options say.
#[derive(Debug)]
pub(crate) enum EventSubscriptionError {
    NoTopic,
    Filter(FilterError),
    DeadLettering(DeadLetteringError),
    PushEndpoint(PushEndpointError),
}

impl EventSubscriptionOptions {
    /// The defaults: all events are kept in a queue to be received, and those that die are dropped.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how its events are delivered to receivers. Without it, the default settings of event
    /// subscriptions are used.
    #[must_use]
    pub fn settings(mut self, settings: SubscriptionSettings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Accepts only the events that match the filter.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets where dead letters go.
    #[must_use]
    pub fn dead_lettering(mut self, dead_lettering: DeadLettering) -> Self {
        self.dead_lettering = Some(dead_lettering);
        self
    }

    /// Pushes its events to an endpoint.
    #[must_use]
    pub fn push_endpoint(mut self, endpoint: PushEndpoint) -> Self {
        self.push_endpoint = Some(endpoint);
        self
    }

    /// How its events are delivered to receivers; `None` if that was not set.
    pub fn wanted_settings(&self) -> Option<SubscriptionSettings> {
        self.settings
    }

    /// Which events it takes; [`Filter::new`] if it takes all.
    pub fn wanted_filter(&self) -> &Filter {
        &self.filter
    }

    /// Where its dead letters go; `None` if they are dropped.
    pub fn wanted_dead_lettering(&self) -> Option<&DeadLettering> {
        self.dead_lettering.as_ref()
    }

    /// Where its events are pushed; `None` if they are received.
    pub fn wanted_push_endpoint(&self) -> Option<&PushEndpoint> {
        self.push_endpoint.as_ref()
    }

    /// Checks whether an event subscription of a target that takes that schema, or any, can be so.
    pub(crate) fn check(
        &self,
        (target, schema): (Target<'_>, Option<InputSchema>),
        name: &str,
        limits: Limits,
        has_topic: impl Fn(&str) -> bool,
    ) -> Result<(), EventSubscriptionError> {
        // Whether a filter is valid does not depend on where attributes are.
        let mapping = (schema == Some(InputSchema::Custom)).then(InputSchemaMapping::new);
        let options = compile_options(mapping.as_ref(), limits.of_filters());
        self.filter.compile_with(&options).map_err(EventSubscriptionError::Filter)?;
        if let Some(dead_lettering) = &self.dead_lettering {
            let checked = check_dead_lettering((target, schema), dead_lettering, &has_topic);
            checked.map_err(EventSubscriptionError::DeadLettering)?;
        }
        if let Some(endpoint) = &self.push_endpoint {
            let checked = check_push_endpoint(target, name, endpoint, schema, has_topic);
            checked.map_err(EventSubscriptionError::PushEndpoint)?;
        }
        Ok(())
    }
}

impl Emulator {
    /// Makes an event subscription what its options say: creates it if it is not there, and changes
    /// what is not so yet. `settings` are for options without any.
    pub(crate) fn ensure_event_subscription(
        &mut self,
        target: Target<'_>,
        name: &str,
        options: &EventSubscriptionOptions,
        settings: SubscriptionSettings,
    ) -> Result<(), EventSubscriptionError> {
        let settings = options.settings.unwrap_or(settings);
        if !self.create_subscription(target, name, settings) {
            return Err(EventSubscriptionError::NoTopic);
        }
        let found = self.subscription_overview(target, name).ok_or(EventSubscriptionError::NoTopic)?;
        self.ensure_endpoint(target, name, options)?;
        if found.settings != settings {
            self.configure_subscription(target, name, settings);
        }
        if found.filter != options.filter {
            self.set_filter(target, name, &options.filter).map_err(EventSubscriptionError::Filter)?;
        }
        if found.dead_lettering != options.dead_lettering {
            self.set_dead_lettering(target, name, options.dead_lettering.clone())
                .map_err(EventSubscriptionError::DeadLettering)?;
        }
        Ok(())
    }

    /// Gives an event subscription its endpoint, if it has another one.
    pub(crate) fn ensure_endpoint(
        &mut self,
        target: Target<'_>,
        name: &str,
        options: &EventSubscriptionOptions,
    ) -> Result<(), EventSubscriptionError> {
        if self.push_endpoint(target, name) != options.push_endpoint.as_ref() {
            self.set_push_endpoint(target, name, options.push_endpoint.clone())
                .map_err(EventSubscriptionError::PushEndpoint)?;
        }
        Ok(())
    }
}
