//! Conversions of JSON trees, with the rules of the documentation stated once more. It shares no
//! code with the crate.

use eventgrid_push::{DeliverySchema, InputSchema, MappedField, Publication};
use serde_json::{Map, Value, json};

/// The event as it is delivered; `None` if it is refused.
pub(crate) fn convert(
    input: &InputSchema,
    output: DeliverySchema,
    event: &Value,
    publication: &Publication<'_>,
) -> Option<Value> {
    let members = event.as_object()?;
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    // Null is as good as missing.
    let optional = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    let [id, event_type, subject, time, version, data] = match input {
        InputSchema::CloudEvents => return is_cloud_event(members).then(|| event.clone()),
        InputSchema::Custom(_) if output == DeliverySchema::Custom => return Some(event.clone()),
        InputSchema::EventGrid => {
            optional("topic")?;
            let version = optional("dataVersion")?.unwrap_or_default();
            let data = members.get("data").cloned();
            let all = [text("id")?, text("eventType")?, text("subject")?, text("eventTime")?, version];
            with_data(all, data)
        }
        InputSchema::Custom(mapping) => {
            let at = |field: Option<&String>| {
                let value = field?.split('.').try_fold(event, |value, name| value.as_object()?.get(name))?;
                match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
                    _ => None,
                }
            };
            let mapped =
                |field: &MappedField| at(field.source_field.as_ref()).or_else(|| field.default_value.clone());
            let all = [
                at(mapping.id.as_ref()).unwrap_or_else(|| publication.id.to_owned()),
                mapped(&mapping.event_type).filter(|event_type| !event_type.is_empty())?,
                mapped(&mapping.subject).unwrap_or_default(),
                at(mapping.event_time.as_ref()).unwrap_or_else(|| publication.time.to_owned()),
                mapped(&mapping.data_version).unwrap_or_default(),
            ];
            with_data(all, Some(event.clone()))
        }
        _ => return None,
    };
    let mut delivered = if output == DeliverySchema::CloudEvents {
        let version = version.as_ref().and_then(Value::as_str).unwrap_or_default();
        json!({
            "specversion": "1.0", "id": id, "type": event_type, "source": publication.topic,
            "subject": subject, "time": time, "dataschema": format!("#{version}"),
        })
    } else {
        json!({
            "id": id, "eventType": event_type, "subject": subject, "eventTime": time, "dataVersion": version,
            "topic": publication.topic, "metadataVersion": "1",
        })
    };
    if output == DeliverySchema::CloudEvents && delivered["subject"] == "" {
        delivered.as_object_mut()?.remove("subject");
    }
    if let Some(data) = data {
        delivered["data"] = data;
    }
    Some(delivered)
}

fn with_data(texts: [String; 5], data: Option<Value>) -> [Option<Value>; 6] {
    let [id, event_type, subject, time, version] = texts.map(|text| Some(Value::from(text)));
    [id, event_type, subject, time, version, data]
}

/// Whether a receiver takes it: required attributes that are text, of version 1.
fn is_cloud_event(members: &Map<String, Value>) -> bool {
    let text = |name: &str| members.get(name).filter(|value| !value.is_null());
    let required = ["id", "source", "type"].iter().all(|name| text(name).is_some_and(Value::is_string));
    let optional = ["subject", "time", "datacontenttype", "dataschema", "data_base64"];
    let optional = optional.iter().all(|name| text(name).is_none_or(Value::is_string));
    let version =
        text("specversion").is_none_or(|version| version.as_str().is_some_and(|v| v.starts_with("1.")));
    let data = text("data").is_some() && text("data_base64").is_some();
    required && optional && version && !data
}
