//! Where event subscriptions push their events.

use super::EmulatorBuilder;
use super::filters::is_same;
use crate::accepted::InputSchema;
use crate::broker::PushEndpoint;
use crate::configuration_error::ConfigurationError;
use crate::service::{Emulator, check_push_endpoint};
use crate::target::Target;

impl EmulatorBuilder {
    /// Pushes the events of an event subscription to an endpoint; without this they are received.
    /// The subscription is one that is created by [`subscription`](Self::subscription) or
    /// [`subscription_with`](Self::subscription_with). Of two endpoints the second counts.
    ///
    /// The emulator sends no request itself: see [`Emulator::set_push_endpoint`] and
    /// [`InProcess::respond_to_pushes`](crate::in_process::InProcess::respond_to_pushes).
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    /// use eventgrid_emulator::broker::PushEndpoint;
    ///
    /// let endpoint = PushEndpoint::new("http://localhost:8080/events")?;
    /// let namespace = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .subscription_push_endpoint("orders", "billing", endpoint)
    ///     .in_process()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn subscription_push_endpoint(
        mut self,
        topic: impl Into<String>,
        subscription: impl Into<String>,
        endpoint: PushEndpoint,
    ) -> Self {
        self.push_endpoints.push((topic.into(), subscription.into(), endpoint));
        self
    }

    /// # Errors
    /// If an endpoint makes no sense, or there is no such subscription.
    pub(super) fn check_push_endpoints(&self) -> Result<(), ConfigurationError> {
        for (topic, name, endpoint) in &self.push_endpoints {
            let shown = || format!("{topic}/{name}");
            if !self.subscriptions.iter().any(|(of, other, _)| is_same((of, other), (topic, name))) {
                return Err(ConfigurationError::PushEndpointOfNothing { name: shown() });
            }
            let schema = Some(InputSchema::CloudEvents);
            check_push_endpoint(Target::NamespaceTopic(topic), name, endpoint, schema)
                .map_err(|source| ConfigurationError::PushEndpoint { name: shown(), source })?;
        }
        Ok(())
    }

    /// Gives event subscriptions that are there their endpoints.
    pub(super) fn set_push_endpoints(&self, emulator: &mut Emulator) {
        for (topic, name, endpoint) in &self.push_endpoints {
            emulator.ensure_push_endpoint(topic, name, endpoint);
        }
    }
}
