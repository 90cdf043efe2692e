//! Which schema an event is delivered in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which schema the events of a subscription are delivered in: `eventDeliverySchema` of Azure
/// Resource Manager, by whose names serde reads and writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DeliverySchema {
    /// `EventGridSchema`, which is the default.
    #[default]
    #[serde(rename = "EventGridSchema")]
    EventGrid,
    /// `CloudEventSchemaV1_0`. Topics of a namespace have no other.
    #[serde(rename = "CloudEventSchemaV1_0")]
    CloudEvents,
    /// `CustomInputSchema`: as it was published to a topic with a mapping.
    #[serde(rename = "CustomInputSchema")]
    Custom,
}

/// Shows the name of Azure Resource Manager.
impl fmt::Display for DeliverySchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EventGrid => "EventGridSchema",
            Self::CloudEvents => "CloudEventSchemaV1_0",
            Self::Custom => "CustomInputSchema",
        })
    }
}
