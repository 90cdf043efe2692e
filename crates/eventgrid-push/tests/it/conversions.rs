//! From the schema of a topic to that of a subscription.

use eventgrid::event::{CloudEventView, EventGridEventView};
use eventgrid::json::RawJson;
use eventgrid_push::{
    ConversionError, DeliverySchema, EventConverter, InputSchema, InputSchemaMapping, MappedField,
    Publication, PushedEvent,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive;

const PUBLICATION: Publication<'_> =
    Publication::new("/subscriptions/s/topics/demotopic", "new-id", "2018-11-07T23:59:14Z");

fn convert(input: InputSchema, output: DeliverySchema, event: &str) -> Result<String, ConversionError> {
    EventConverter::new(input, output).unwrap().convert(event, &PUBLICATION)
}

/// The mapping of the documentation's example.
fn mapping() -> InputSchemaMapping {
    let mut mapping = InputSchemaMapping::new();
    mapping.event_type = MappedField::from_field("myEventTypeField");
    mapping.subject = MappedField::with_default("DefaultSubject");
    mapping.data_version = MappedField::with_default("1.0");
    mapping
}

const CUSTOM: &str = r#"{"myEventTypeField":"Created","resource":"Users/example/Messages/1000","resourceData":{"someDataField1":"SomeDataFieldValue"}}"#;

#[test]
fn an_event_grid_event_becomes_the_cloud_event_of_the_documentation() {
    let event = r#"{"topic":"/subscriptions/s/topics/demotopic","subject":"/blobServices/default/containers/c/blobs/f","eventType":"Microsoft.Storage.BlobCreated","eventTime":"2019-11-18T15:13:39.4589254Z","id":"9aeb0fdf","data":{"api":"PutBlockList","contentLength":30699},"dataVersion":"","metadataVersion":"1"}"#;
    let converted = convert(InputSchema::EventGrid, DeliverySchema::CloudEvents, event).unwrap();
    assert_eq!(
        converted,
        r##"{"specversion":"1.0","type":"Microsoft.Storage.BlobCreated","source":"/subscriptions/s/topics/demotopic","id":"9aeb0fdf","time":"2019-11-18T15:13:39.4589254Z","subject":"/blobServices/default/containers/c/blobs/f","dataschema":"#","data":{"api":"PutBlockList","contentLength":30699}}"##
    );
}

#[test]
fn an_event_grid_event_gets_what_the_service_adds() {
    let event = r#" {"id":"\u0031","subject":"","eventType":"T","eventTime":"2024-06-01T12:00:00Z"} "#;
    assert_eq!(
        convert(InputSchema::EventGrid, DeliverySchema::EventGrid, event).unwrap(),
        r#"{"id":"1","eventTime":"2024-06-01T12:00:00Z","eventType":"T","dataVersion":"","metadataVersion":"1","topic":"/subscriptions/s/topics/demotopic","subject":""}"#
    );
    let converted = convert(InputSchema::EventGrid, DeliverySchema::CloudEvents, event).unwrap();
    assert!(!converted.contains("subject") && !converted.contains("data\":"), "{converted}");
}

#[test]
fn a_custom_event_becomes_the_event_of_the_documentation() {
    let custom = || InputSchema::Custom(mapping());
    assert_eq!(
        convert(custom(), DeliverySchema::EventGrid, CUSTOM).unwrap(),
        format!(
            r#"{{"id":"new-id","eventTime":"2018-11-07T23:59:14Z","eventType":"Created","dataVersion":"1.0","metadataVersion":"1","topic":"/subscriptions/s/topics/demotopic","subject":"DefaultSubject","data":{CUSTOM}}}"#
        )
    );
    assert_eq!(
        convert(custom(), DeliverySchema::CloudEvents, CUSTOM).unwrap(),
        format!(
            r##"{{"specversion":"1.0","type":"Created","source":"/subscriptions/s/topics/demotopic","id":"new-id","time":"2018-11-07T23:59:14Z","subject":"DefaultSubject","dataschema":"#1.0","data":{CUSTOM}}}"##
        )
    );
    assert_eq!(convert(custom(), DeliverySchema::Custom, CUSTOM).unwrap(), CUSTOM);
}

#[test]
fn mapped_fields_may_be_deep_and_numbers() {
    let mut mapping = InputSchemaMapping::new();
    mapping.id = Some("head.number".to_owned());
    mapping.event_time = Some("at".to_owned());
    mapping.topic = Some("area".to_owned());
    mapping.event_type = MappedField::from_field("head.kind").or("Unknown");
    let event = r#"{"head":{"number":17,"kind":"Sold"},"at":"2024-06-01T12:00:00Z","area":"north"}"#;
    assert_eq!(mapping.topic_of(event).unwrap().as_deref(), Some("north"));
    let input = || InputSchema::Custom(mapping.clone());
    let converted = convert(input(), DeliverySchema::EventGrid, event).unwrap();
    let converted = EventGridEventView::parse(RawJson::parse(&converted).unwrap()).unwrap();
    assert_eq!(converted.id(), "17");
    assert_eq!(converted.event_type(), "Sold");
    assert_eq!(converted.event_time(), "2024-06-01T12:00:00Z");
    assert_eq!(converted.subject(), "");
    assert_eq!(converted.data_version().unwrap(), "");
    for event in ["{}", r#"{"head":5}"#, r#"{"head":{"kind":null}}"#, r#"{"head":{"kind":["Sold"]}}"#] {
        let converted = convert(input(), DeliverySchema::CloudEvents, event).unwrap();
        let converted = CloudEventView::parse(RawJson::parse(&converted).unwrap()).unwrap();
        assert_eq!(converted.event_type(), "Unknown", "{event}");
        assert_eq!(converted.id(), "new-id", "{event}");
    }
}

#[test]
fn a_cloud_event_stays_as_it_is() {
    let event =
        r#"{ "type":"T","specversion":"1.0","id":"1","source":"urn:shop","data_base64":"AQ==","n":5 }"#;
    assert_eq!(convert(InputSchema::CloudEvents, DeliverySchema::CloudEvents, event).unwrap(), event);
}

#[test]
fn conversions_are_those_of_the_documentation() {
    let custom = || InputSchema::Custom(mapping());
    for (input, output, is_supported) in [
        (InputSchema::EventGrid, DeliverySchema::EventGrid, true),
        (InputSchema::EventGrid, DeliverySchema::CloudEvents, true),
        (InputSchema::EventGrid, DeliverySchema::Custom, false),
        (InputSchema::CloudEvents, DeliverySchema::EventGrid, false),
        (InputSchema::CloudEvents, DeliverySchema::CloudEvents, true),
        (InputSchema::CloudEvents, DeliverySchema::Custom, false),
        (custom(), DeliverySchema::EventGrid, true),
        (custom(), DeliverySchema::CloudEvents, true),
        (custom(), DeliverySchema::Custom, true),
    ] {
        assert_eq!(EventConverter::new(input.clone(), output).is_ok(), is_supported, "{input:?} {output}");
    }
}

#[test]
fn what_is_no_event_of_the_topic_is_refused() {
    for (input, event) in [
        (InputSchema::EventGrid, r#"{"id":"1"}"#),
        (InputSchema::CloudEvents, r#"{"id":"1"}"#),
        (InputSchema::CloudEvents, "[]"),
        (InputSchema::Custom(mapping()), "[]"),
    ] {
        let error = convert(input, DeliverySchema::CloudEvents, event).unwrap_err();
        assert!(matches!(error, ConversionError::Event(_)), "{error:?}");
    }
    let no_type = InputSchema::Custom(InputSchemaMapping::new());
    assert_eq!(convert(no_type, DeliverySchema::EventGrid, "{}"), Err(ConversionError::NoEventType));
    let error = convert(InputSchema::EventGrid, DeliverySchema::EventGrid, "{").unwrap_err();
    assert!(matches!(error, ConversionError::Json(_)));
}

#[test]
fn a_mapping_is_read_and_written_as_azure_resource_manager_has_it() {
    let mut mapping = mapping();
    mapping.id = Some("a".to_owned());
    mapping.topic = Some("b".to_owned());
    mapping.event_time = Some("c".to_owned());
    let written = serde_json::to_value(&mapping).unwrap();
    assert_eq!(
        written,
        json!({
            "inputSchemaMappingType": "Json",
            "properties": {
                "id": {"sourceField": "a"},
                "topic": {"sourceField": "b"},
                "eventTime": {"sourceField": "c"},
                "eventType": {"sourceField": "myEventTypeField"},
                "subject": {"defaultValue": "DefaultSubject"},
                "dataVersion": {"defaultValue": "1.0"},
            }
        })
    );
    assert_eq!(serde_json::from_value::<InputSchemaMapping>(written).unwrap(), mapping);
    for refused in [
        json!({"properties": {}}),
        json!({"inputSchemaMappingType": "Xml", "properties": {}}),
        json!({"inputSchemaMappingType": "Json", "properties": {"kind": {}}}),
        json!({"inputSchemaMappingType": "Json", "properties": {"id": {"defaultValue": "1"}}}),
    ] {
        assert!(serde_json::from_value::<InputSchemaMapping>(refused.clone()).is_err(), "{refused}");
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,3}", any::<String>(), Just(String::new())]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(prop_oneof!["[ab]", text()], inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn members(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let one = move |name: &'static str| {
        (Just(name), prop_oneof![6 => text().prop_map(Value::from), 1 => value()], any::<u8>())
    };
    let each: Vec<_> = names.iter().map(|name| one(name)).collect();
    (each, value()).prop_map(|(members, data)| {
        let kept = members.into_iter().filter(|(_, _, dropped)| *dropped > 12);
        let mut object: serde_json::Map<_, _> =
            kept.map(|(name, value, _)| (name.to_owned(), value)).collect();
        object.insert("data".to_owned(), data);
        Value::Object(object)
    })
}

proptest! {
    #[test]
    fn conversions_agree_with_naive_ones(
        event in prop_oneof![
            members(&["id", "subject", "eventType", "eventTime", "dataVersion", "topic"]),
            members(&["id", "source", "type", "specversion", "subject"]),
            members(&["a", "b", "myEventTypeField"]),
            value(),
        ],
        field in prop_oneof!["[ab](\\.[ab])?", Just("data.a".to_owned()), Just("id".to_owned())],
    ) {
        let mut mapping = mapping();
        mapping.id = Some(field.clone());
        mapping.subject = MappedField::from_field(field);
        let inputs = [InputSchema::EventGrid, InputSchema::CloudEvents, InputSchema::Custom(mapping)];
        let outputs = [DeliverySchema::EventGrid, DeliverySchema::CloudEvents, DeliverySchema::Custom];
        for (input, output) in inputs.iter().flat_map(|input| outputs.map(|output| (input, output))) {
            let Ok(converter) = EventConverter::new(input.clone(), output) else { continue };
            let converted = converter.convert(&event.to_string(), &PUBLICATION).ok();
            if let Some(converted) = &converted {
                prop_assert!(PushedEvent::parse(output, converted).is_ok(), "{}", converted);
            }
            let converted = converted.map(|json| serde_json::from_str::<Value>(&json).unwrap());
            prop_assert_eq!(converted, naive::convert(input, output, &event, &PUBLICATION), "{:?} {}", input, output);
        }
    }
}
