//! Where the attributes of an event are in a custom schema.

use eventgrid::json::RawJson;
use serde::{Deserialize, Serialize};

use crate::json;

/// Where the attributes of the Event Grid schema are in events of a custom schema:
/// `inputSchemaMapping` of a topic (input-mappings, 2021-09-28).
///
/// serde reads and writes it as Azure Resource Manager has it. A field is the name of a member at
/// the top of the event, or a path of names with dots between them.
///
/// ```
/// use eventgrid_push::{InputSchemaMapping, MappedField};
///
/// let mapping: InputSchemaMapping = serde_json::from_str(
///     r#"{
///         "inputSchemaMappingType": "Json",
///         "properties": {
///             "eventType": {"sourceField": "myEventTypeField"},
///             "subject": {"defaultValue": "DefaultSubject"}
///         }
///     }"#,
/// )?;
/// let mut same = InputSchemaMapping::new();
/// same.event_type = MappedField::from_field("myEventTypeField");
/// same.subject = MappedField::with_default("DefaultSubject");
/// assert_eq!(mapping, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireMapping", into = "WireMapping")]
#[non_exhaustive]
pub struct InputSchemaMapping {
    /// The field with the id. Without one, an event gets a new id.
    pub id: Option<String>,
    /// The field with the topic, in a domain.
    pub topic: Option<String>,
    /// The field with the time. Without one, an event has the time of its publication.
    pub event_time: Option<String>,
    /// Where the type is.
    pub event_type: MappedField,
    /// Where the subject is.
    pub subject: MappedField,
    /// Where the version of the data is.
    pub data_version: MappedField,
}

/// Where an attribute is, and what it is for events without it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct MappedField {
    /// `sourceField`: the field in the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_field: Option<String>,
    /// `defaultValue`: the value of an event that does not have the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<String>,
}

impl InputSchemaMapping {
    /// A mapping without fields and defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The topic that an event names, for a domain; `None` if there is no such field, or if it is
    /// not text.
    ///
    /// # Errors
    /// [`JsonError`](eventgrid::json::JsonError) if the event is not JSON.
    pub fn topic_of(&self, event: &str) -> Result<Option<String>, eventgrid::json::JsonError> {
        let event = RawJson::parse(event)?;
        Ok(find(event, self.topic.as_deref()))
    }
}

impl MappedField {
    /// The value of a field, without a default.
    pub fn from_field(source_field: impl Into<String>) -> Self {
        Self { source_field: Some(source_field.into()), default_value: None }
    }

    /// The same value for every event.
    pub fn with_default(default_value: impl Into<String>) -> Self {
        Self { source_field: None, default_value: Some(default_value.into()) }
    }

    /// Sets the value of events that do not have the field.
    #[must_use]
    pub fn or(mut self, default_value: impl Into<String>) -> Self {
        self.default_value = Some(default_value.into());
        self
    }

    pub(super) fn of(&self, event: RawJson<'_>) -> Option<String> {
        find(event, self.source_field.as_deref()).or_else(|| self.default_value.clone())
    }
}

/// The text at a field: a string, a number or a boolean.
pub(super) fn find(event: RawJson<'_>, field: Option<&str>) -> Option<String> {
    json::scalar(json::at(event, field?)?)
}

/// A mapping as Azure Resource Manager has it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireMapping {
    input_schema_mapping_type: MappingType,
    properties: WireProperties,
}

#[derive(Serialize, Deserialize)]
enum MappingType {
    Json,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireProperties {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<WireField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topic: Option<WireField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<WireField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_type: Option<MappedField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<MappedField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_version: Option<MappedField>,
}

/// A field that has no default.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireField {
    #[serde(default)]
    source_field: Option<String>,
}

impl From<WireMapping> for InputSchemaMapping {
    fn from(wire: WireMapping) -> Self {
        let field = |field: Option<WireField>| field.and_then(|field| field.source_field);
        let WireProperties { id, topic, event_time, event_type, subject, data_version } = wire.properties;
        Self {
            id: field(id),
            topic: field(topic),
            event_time: field(event_time),
            event_type: event_type.unwrap_or_default(),
            subject: subject.unwrap_or_default(),
            data_version: data_version.unwrap_or_default(),
        }
    }
}

impl From<InputSchemaMapping> for WireMapping {
    fn from(mapping: InputSchemaMapping) -> Self {
        let field = |field: Option<String>| field.map(|field| WireField { source_field: Some(field) });
        let mapped = |field: MappedField| (field != MappedField::default()).then_some(field);
        let properties = WireProperties {
            id: field(mapping.id),
            topic: field(mapping.topic),
            event_time: field(mapping.event_time),
            event_type: mapped(mapping.event_type),
            subject: mapped(mapping.subject),
            data_version: mapped(mapping.data_version),
        };
        Self { input_schema_mapping_type: MappingType::Json, properties }
    }
}
