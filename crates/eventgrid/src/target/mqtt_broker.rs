//! The MQTT broker of a namespace, by its HTTP interface.

use crate::endpoint::Endpoint;
use crate::target::{InvalidTarget, ends_in, namespace_endpoint};
use crate::text::Text;

/// The MQTT broker of a namespace, by its HTTP interface: where messages are published to, and
/// retained ones are read.
///
/// Its host has a label `ts` that the namespace's host for events does not have:
/// `NAMESPACE.REGION-1.ts.eventgrid.azure.net`.
///
/// ```
/// use eventgrid::InvalidTarget;
/// use eventgrid::mqtt::MqttBroker;
///
/// let broker = MqttBroker::new("https://ns.westeurope-1.ts.eventgrid.azure.net")?;
/// assert_eq!(
///     MqttBroker::new("https://ns.westeurope-1.eventgrid.azure.net"),
///     Err(InvalidTarget::HostOfTopics),
/// );
/// # Ok::<(), InvalidTarget>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MqttBroker<'t> {
    endpoint: Endpoint<'t>,
}

impl<'t> MqttBroker<'t> {
    /// The broker at `endpoint`, in any form that [`Endpoint::new`] takes. The endpoint may have
    /// the path of a proxy in front of the broker; leave out `/mqtt/` and what follows.
    ///
    /// # Errors
    /// [`InvalidTarget`] says what is wrong with the endpoint; it also refuses the host of a
    /// namespace's topics, and the endpoint of a topic or of an operation.
    pub fn new(endpoint: impl Into<Text<'t>>) -> Result<Self, InvalidTarget> {
        let endpoint = namespace_endpoint(endpoint)?;
        let path = endpoint.base_path();
        let operations = ["/mqtt/messages", "/mqtt/retainedMessages", "/mqtt/retainedMessages/message"];
        if operations.iter().any(|operation| ends_in(path, operation.as_bytes())) {
            Err(InvalidTarget::PathOfMqtt)
        } else if ends_in(endpoint.host(), SERVICE) && !ends_in(endpoint.host(), SERVICE_OF_MQTT) {
            Err(InvalidTarget::HostOfTopics)
        } else {
            Ok(Self { endpoint })
        }
    }

    /// The endpoint of the broker.
    pub fn endpoint(&self) -> &Endpoint<'t> {
        &self.endpoint
    }
}

const SERVICE: &[u8] = b".eventgrid.azure.net";
const SERVICE_OF_MQTT: &[u8] = b".ts.eventgrid.azure.net";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::InvalidEndpoint;

    #[test]
    fn the_endpoint_of_something_else_is_refused_with_what_to_use_instead() {
        for (endpoint, error) in [
            ("", InvalidTarget::Endpoint(InvalidEndpoint::Host)),
            ("ns.westeurope-1.eventgrid.azure.net", InvalidTarget::HostOfTopics),
            ("https://NS.westeurope-1.EventGrid.Azure.net:443/base", InvalidTarget::HostOfTopics),
            ("https://h/topics/orders", InvalidTarget::PathOfTopic),
            ("https://h/api/events", InvalidTarget::BasicEndpoint),
            ("https://h/mqtt/messages", InvalidTarget::PathOfMqtt),
            ("https://h/base/MQTT/retainedmessages/", InvalidTarget::PathOfMqtt),
            ("https://h/mqtt/retainedMessages/message", InvalidTarget::PathOfMqtt),
        ] {
            assert_eq!(MqttBroker::new(endpoint), Err(error), "{endpoint}");
        }
    }

    #[test]
    fn a_broker_may_be_behind_any_other_host() {
        for endpoint in [
            "ns.westeurope-1.ts.eventgrid.azure.net",
            "http://localhost:6500",
            "https://mqtt.example/mqtt",
            "https://ns.ts.eventgrid.azure.us/base/",
            "https://eventgrid.azure.net.example",
        ] {
            assert!(MqttBroker::new(endpoint).is_ok(), "{endpoint}");
        }
    }
}
