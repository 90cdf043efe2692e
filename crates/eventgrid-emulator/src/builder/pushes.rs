//! Where event subscriptions push their events.

use std::time::Duration;

use eventgrid_push::DeliveryTier;

use super::EmulatorBuilder;
use super::filters::is_same;
use crate::accepted::InputSchema;
use crate::broker::PushEndpoint;
use crate::configuration_error::ConfigurationError;
use crate::service::{Emulator, check_push_endpoint};
use crate::target::Target;

/// How long the response to a push may take, as in the service.
pub(super) const PUSH_TIMEOUT: Duration = DeliveryTier::Basic.response_timeout();

impl EmulatorBuilder {
    /// Pushes the events of an event subscription to an endpoint; without this they are received.
    /// The subscription must be created by [`subscription`](Self::subscription) or
    /// [`subscription_with`](Self::subscription_with). A second endpoint replaces the first.
    ///
    /// A server sends the requests itself, only to this machine unless
    /// [`push_host`](Self::push_host) allows another host. In a test without sockets, respond to
    /// them by [`InProcess::respond_to_pushes`](crate::in_process::InProcess::respond_to_pushes).
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

    /// Allows that events are pushed to that host, too: a name or an address as in the URLs of
    /// endpoints, compared without case. Repeatable. Without this they are pushed only to this
    /// machine.
    ///
    /// Only the host is compared; the addresses that it resolves to are not checked. But the
    /// addresses that the emulator itself listens on are never a target.
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().push_host("webhook.internal").start("127.0.0.1:0")?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn push_host(mut self, host: impl Into<String>) -> Self {
        self.push_hosts.push(host.into());
        self
    }

    /// Sets how long the server waits for the response to a push, in real time: 30 seconds by
    /// default, as in the service, which is also the maximum. Set less to test an endpoint that
    /// hangs.
    #[must_use]
    pub fn push_timeout(mut self, duration: Duration) -> Self {
        self.push_timeout = Some(duration.min(PUSH_TIMEOUT));
        self
    }

    /// Sets the address of this emulator for endpoints that consent by the URL of a handshake, as
    /// `http://HOST:PORT`. By default it is the first address that it listens on, with `127.0.0.1`
    /// or `[::1]` in place of all addresses. Endpoints in other containers need the name that the
    /// emulator has there.
    #[must_use]
    pub fn push_callback(mut self, endpoint: impl Into<String>) -> Self {
        self.push_callback = Some(endpoint.into().trim_end_matches('/').to_owned());
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
            // Topics of the namespace feed none, so which there are does not matter.
            check_push_endpoint(Target::NamespaceTopic(topic), name, endpoint, schema, |_| false)
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
