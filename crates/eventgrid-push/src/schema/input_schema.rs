//! Which schema events are published in.

use super::mapping::InputSchemaMapping;

/// Which schema the events that are published to a topic have: its `inputSchema`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "a topic has one of them")]
pub enum InputSchema {
    /// `EventGridSchema`, which is the default of basic topics.
    #[default]
    EventGrid,
    /// `CloudEventSchemaV1_0`.
    CloudEvents,
    /// `CustomEventSchema`, with the mapping that finds attributes in an event.
    Custom(InputSchemaMapping),
}
