//! The CloudEvents specification's own examples and schema, read from the folder that `EVENTGRID_VECTORS` names; without it there is
//! nothing to read.

#![cfg(all(feature = "serde", feature = "base64", feature = "std"))]

use std::path::{Path, PathBuf};

use eventgrid::event::CloudEventView;
use eventgrid::json::RawJson;
use eventgrid::{CloudEvent, Data};
use serde_json::Value;

/// What the specification writes where base64 text would be.
const PLACEHOLDER: &str = "... base64 encoded string ...";

fn read(file: &str) -> Option<Value> {
    let folder = PathBuf::from(std::env::var_os("EVENTGRID_VECTORS")?);
    let path = Path::new(&folder).join("cloudevents").join(file);
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// The examples that are CloudEvents; the primer also shows events of other systems.
fn examples() -> Option<Vec<Value>> {
    let examples = read("spec_json_examples.v1.0.2.json")?;
    let values = examples.as_array().unwrap().iter().map(|example| &example["value"]);
    let events = values.flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), |batch| batch));
    Some(events.filter(|event| event.get("specversion").is_some()).cloned().collect())
}

#[test]
fn the_examples_of_the_specification_come_back() {
    let Some(examples) = examples() else { return };
    assert!(examples.len() >= 7, "{} examples were read", examples.len());
    for mut example in examples {
        if example["data_base64"] == PLACEHOLDER {
            let text = example.to_string();
            assert!(serde_json::from_str::<CloudEvent<'_>>(&text).is_err(), "no base64: {text}");
            example["data_base64"] = "AP8=".into();
        }
        let text = example.to_string();
        let event = CloudEventView::parse(RawJson::parse(&text).unwrap()).unwrap().to_event().unwrap();
        event.check().unwrap();
        assert_eq!(serde_json::from_str::<CloudEvent<'_>>(&text).unwrap(), event);
        // An attribute that is null is unset.
        example.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(serde_json::to_value(&event).unwrap(), example);
    }
}

#[test]
fn what_is_written_is_valid_by_the_schema() {
    let Some(schema) = read("cloudevents.schema.v1.0.2.json") else { return };
    let full = CloudEvent::new("1", "urn:s", "T")
        .with_subject("é")
        .with_time("2024-06-01T12:00:00Z")
        .with_data_content_type("a/b")
        .with_data_schema("urn:x")
        .with_extension("e", 1);
    for event in [
        CloudEvent::new("1", "s", "t"),
        full.clone(),
        full.clone().with_data(Data::text("x")),
        full.clone().with_data(Data::raw_json("[1]").unwrap()),
        full.clone().with_data(Data::raw_json("null").unwrap()),
        full.clone().with_data(Data::bytes(&[0])),
    ] {
        event.check().unwrap();
        assert_eq!(violation(&schema, &serde_json::to_value(&event).unwrap()), None);
    }
    // What the schema refuses, `check` refuses too, or this would prove nothing.
    for event in [CloudEvent::new("", "s", "t"), CloudEvent::new("1", "", "t"), CloudEvent::new("1", "s", "")]
    {
        assert!(event.check().is_err());
        assert!(violation(&schema, &serde_json::to_value(&event).unwrap()).is_some());
    }
}

/// Why a value is not valid by the few keywords of JSON Schema that this schema has.
fn violation(schema: &Value, event: &Value) -> Option<String> {
    let has = |name: &Value| event.get(name.as_str().unwrap()).is_some();
    if let Some(missing) = schema["required"].as_array().unwrap().iter().find(|name| !has(name)) {
        return Some(format!("{missing} is missing"));
    }
    schema["properties"].as_object().unwrap().iter().find_map(|(name, property)| {
        let value = event.get(name)?;
        let reference = property["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
        let rules = schema.pointer(reference).unwrap();
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let allowed = match &rules["type"] {
            Value::Array(kinds) => kinds.iter().any(|allowed| allowed == kind),
            allowed => allowed == kind,
        };
        let length = value.as_str().map_or(u64::MAX, |text| text.chars().count() as u64);
        let valid = allowed && length >= rules["minLength"].as_u64().unwrap_or(0);
        (!valid).then(|| format!("{name}: {value} is not {rules}"))
    })
}
