//! The mapping of a custom schema as a file has it: as Azure Resource Manager, with the members of
//! `properties` in the table itself.

use eventgrid_push::{InputSchemaMapping, MappedField};
use serde::{Deserialize, Serialize};

/// `inputSchemaMapping`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FileMapping {
    /// There is no other type, so it says nothing.
    #[serde(rename = "inputSchemaMappingType", skip_serializing)]
    _mapping_type: Option<MappingType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<SourceField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<SourceField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time: Option<SourceField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<MappedField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<MappedField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_version: Option<MappedField>,
}

#[derive(Deserialize)]
enum MappingType {
    Json,
}

/// A field without a default.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceField {
    source_field: String,
}

impl From<FileMapping> for InputSchemaMapping {
    fn from(file: FileMapping) -> Self {
        let field = |field: Option<SourceField>| field.map(|field| field.source_field);
        let mut mapping = Self::new();
        mapping.id = field(file.id);
        mapping.topic = field(file.topic);
        mapping.event_time = field(file.event_time);
        mapping.event_type = file.event_type.unwrap_or_default();
        mapping.subject = file.subject.unwrap_or_default();
        mapping.data_version = file.data_version.unwrap_or_default();
        mapping
    }
}

impl From<&InputSchemaMapping> for FileMapping {
    fn from(mapping: &InputSchemaMapping) -> Self {
        let field = |field: &Option<String>| field.clone().map(|source_field| SourceField { source_field });
        let mapped =
            |field: &MappedField| Some(field.clone()).filter(|field| *field != MappedField::default());
        Self {
            _mapping_type: None,
            id: field(&mapping.id),
            topic: field(&mapping.topic),
            event_time: field(&mapping.event_time),
            event_type: mapped(&mapping.event_type),
            subject: mapped(&mapping.subject),
            data_version: mapped(&mapping.data_version),
        }
    }
}
