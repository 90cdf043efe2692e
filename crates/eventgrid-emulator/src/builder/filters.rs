//! Filters of event subscriptions.

use eventgrid_filters::{CompiledFilter, Filter, FilterError};

use super::EmulatorBuilder;
use crate::broker::compile_options;
use crate::configuration_error::ConfigurationError;

impl EmulatorBuilder {
    /// Lets an event subscription take the events alone that match a filter. The subscription is
    /// one that is created by [`subscription`](Self::subscription) or
    /// [`subscription_with`](Self::subscription_with). Of two filters the second counts.
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    /// use eventgrid_emulator::eventgrid_filters::Filter;
    ///
    /// let namespace = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .subscription_filter("orders", "billing", Filter::new().include_event_type("Ordered"))
    ///     .in_process()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn subscription_filter(
        mut self,
        topic: impl Into<String>,
        subscription: impl Into<String>,
        filter: Filter,
    ) -> Self {
        self.filters.push((topic.into(), subscription.into(), filter));
        self
    }

    /// # Errors
    /// If a filter is not valid, or there is no such subscription.
    pub(super) fn check_filters(&self) -> Result<(), ConfigurationError> {
        for (topic, name, filter) in &self.filters {
            if !self.subscriptions.iter().any(|(of, other, _)| is_same((of, other), (topic, name))) {
                return Err(ConfigurationError::FilterOfNothing { name: format!("{topic}/{name}") });
            }
            self.compile(filter)
                .map_err(|source| ConfigurationError::Filter { name: format!("{topic}/{name}"), source })?;
        }
        Ok(())
    }

    /// Whether a filter is given to an event subscription.
    #[cfg(feature = "data")]
    pub(super) fn has_filter(&self, topic: &str, name: &str) -> bool {
        self.filters.iter().any(|(of, other, _)| is_same((of, other), (topic, name)))
    }

    /// A filter of a topic of the namespace; `None` if it takes every event.
    pub(super) fn compile(&self, filter: &Filter) -> Result<Option<CompiledFilter>, FilterError> {
        let compiled = filter.compile_with(&compile_options(None, self.limits.of_filters()))?;
        Ok((*filter != Filter::new()).then_some(compiled))
    }
}

/// Whether two event subscriptions with their topics are the same one.
pub(super) fn is_same(one: (&str, &str), other: (&str, &str)) -> bool {
    one.0.eq_ignore_ascii_case(other.0) && one.1.eq_ignore_ascii_case(other.1)
}
