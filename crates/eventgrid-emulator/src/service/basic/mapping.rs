//! Where attributes are in events of a custom schema that nobody described.

use eventgrid_push::{InputSchemaMapping, MappedField};

/// The names of the Event Grid schema. An event without a type has the type `Custom`.
pub(crate) fn default_mapping() -> InputSchemaMapping {
    let mut mapping = InputSchemaMapping::new();
    mapping.id = Some("id".to_owned());
    mapping.topic = Some("topic".to_owned());
    mapping.event_time = Some("eventTime".to_owned());
    mapping.event_type = MappedField::from_field("eventType").or("Custom");
    mapping.subject = MappedField::from_field("subject");
    mapping.data_version = MappedField::from_field("dataVersion");
    mapping
}
