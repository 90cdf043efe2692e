//! What the specification of CloudEvents 1.0.2 says about its JSON format: events of the kinds that
//! it shows, and the rules of its schema, restated.

#![cfg(all(feature = "serde", feature = "base64", feature = "std"))]

use eventgrid::event::CloudEventView;
use eventgrid::json::RawJson;
use eventgrid::{CloudEvent, Data};
use serde_json::{Value, json};

/// An event with an extension of each of two types, and with more members.
fn event(more: Value) -> Value {
    let mut event = json!({
        "specversion": "1.0", "type": "org.example.reading", "source": "/plant", "id": "P-1",
        "time": "2024-03-09T08:15:00Z", "orgexamplelineone": "a", "orgexamplecount": 5
    });
    let Value::Object(more) = more else { panic!("members") };
    event.as_object_mut().unwrap().extend(more);
    event
}

/// Bytes, XML, JSON and text; attributes that are `null`; a URI as source.
#[test]
fn events_of_every_kind_come_back() {
    for mut example in [
        event(json!({ "datacontenttype": "application/octet-stream", "data_base64": "AP8=" })),
        event(
            json!({ "datacontenttype": "application/xml", "data": "<reading unit=\"C\"/>", "unset": null }),
        ),
        event(
            json!({ "datacontenttype": "application/json", "data": { "a": "b", "c": 1, "d": true }, "subject": null }),
        ),
        event(json!({ "data": "It is only text", "subject": null })),
        event(json!({ "source": "https://example.org/plant", "subject": "7", "data": [1, null] })),
        event(json!({})),
    ] {
        let text = example.to_string();
        let event = CloudEventView::parse(RawJson::parse(&text).unwrap()).unwrap().to_event().unwrap();
        event.check().unwrap();
        assert_eq!(serde_json::from_str::<CloudEvent<'_>>(&text).unwrap(), event);
        // An attribute that is null is unset.
        example.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(serde_json::to_value(&event).unwrap(), example);
    }
    let text = event(json!({ "data_base64": "not base64" })).to_string();
    assert!(serde_json::from_str::<CloudEvent<'_>>(&text).is_err());
}

/// The types that the schema allows for each member, and whether it may be empty.
const RULES: [(&str, &[&str], bool); 10] = [
    ("id", &["string"], false),
    ("source", &["string"], false),
    ("specversion", &["string"], false),
    ("type", &["string"], false),
    ("datacontenttype", &["string", "null"], false),
    ("dataschema", &["string", "null"], false),
    ("subject", &["string", "null"], false),
    ("time", &["string", "null"], false),
    ("data", &["object", "string", "number", "array", "boolean", "null"], true),
    ("data_base64", &["string", "null"], true),
];

const REQUIRED: [&str; 4] = ["id", "source", "specversion", "type"];

#[test]
fn what_is_written_is_valid_by_the_schema() {
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
        assert_eq!(violation(&serde_json::to_value(&event).unwrap()), None);
    }
    // What the schema refuses, `check` refuses too, or this would prove nothing.
    for event in [CloudEvent::new("", "s", "t"), CloudEvent::new("1", "", "t"), CloudEvent::new("1", "s", "")]
    {
        assert!(event.check().is_err());
        assert!(violation(&serde_json::to_value(&event).unwrap()).is_some());
    }
}

/// Why an event is not valid by the rules.
fn violation(event: &Value) -> Option<String> {
    if let Some(missing) = REQUIRED.iter().find(|name| event.get(name).is_none()) {
        return Some(format!("{missing} is missing"));
    }
    RULES.iter().find_map(|(name, types, may_be_empty)| {
        let value = event.get(name)?;
        let value_type = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let valid = types.contains(&value_type) && (*may_be_empty || value != "");
        (!valid).then(|| format!("{name} is {value}"))
    })
}
