//! The kinds of endpoints that the service has.

use crate::endpoint::ApiVersion;

/// The kind of endpoint that a request goes to. Each kind writes credentials in its own way, and
/// has its own versions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointKind {
    /// A namespace (Event Grid "Standard").
    Namespace,
    /// A custom topic of Event Grid "Basic".
    BasicTopic,
    /// A domain of Event Grid "Basic".
    Domain,
    /// A partner namespace of Event Grid "Basic".
    PartnerNamespace,
    /// The MQTT broker of a namespace, by its HTTP interface.
    MqttBroker,
}

impl EndpointKind {
    /// The newest version of the REST contract for this kind of endpoint.
    pub const fn newest_api_version(self) -> ApiVersion {
        match self {
            Self::Namespace => ApiVersion::V2024_06_01,
            Self::BasicTopic | Self::Domain | Self::PartnerNamespace => ApiVersion::V2018_01_01,
            Self::MqttBroker => ApiVersion::V2025_11_16_PREVIEW,
        }
    }
}
