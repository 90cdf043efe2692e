//! How topics appear in what endpoints get: domain topics, topics of Azure services, custom
//! schemas.

use eventgrid::system_events::SystemEvent;
use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::eventgrid_push::{DeliverySchema, InputSchemaMapping, MappedField, SampleEvent};
use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target, UnixTime};
use http::Request;
use serde_json::{Value, json};

const OWN: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulator/providers/Microsoft.EventGrid";

fn options(schema: DeliverySchema) -> EventSubscriptionOptions {
    let endpoint = PushEndpoint::new("http://localhost:8080/events").unwrap();
    EventSubscriptionOptions::new().push_endpoint(endpoint.with_schema(schema))
}

fn publish(emulator: &mut Emulator, name: &str, event: &Value) {
    let request = Request::post(format!("/{name}/api/events?api-version=2018-01-01"))
        .header("aeg-sas-key", "c2VjcmV0")
        .header("content-type", "application/json")
        .body(json!([event]).to_string().into())
        .unwrap();
    let _ = emulator.begin(UnixTime::from_secs(1), &request);
}

/// What is pushed, by its body.
fn pushed(emulator: &mut Emulator) -> Value {
    let due = emulator.take_due_pushes(10);
    assert_eq!(due.len(), 1, "{due:?}");
    serde_json::from_slice(due[0].request().body()).unwrap()
}

#[test]
fn an_event_of_a_domain_has_the_topic_that_it_names() {
    let shops = Target::Domain("shops");
    let mut emulator = Emulator::builder()
        .key("c2VjcmV0")
        .domain("shops", InputSchema::EventGrid)
        .subscription_of(shops, "audit", options(DeliverySchema::EventGrid))
        .build()
        .unwrap();
    for (topic, expected) in [
        ("berlin", format!("{OWN}/domains/shops/topics/berlin")),
        ("/subscriptions/s/topics/paris", "/subscriptions/s/topics/paris".to_owned()),
    ] {
        let event = json!({
            "id": "1", "topic": topic, "subject": "s", "eventType": "Ordered",
            "eventTime": "2024-06-01T12:00:00Z", "dataVersion": "1", "data": {}
        });
        publish(&mut emulator, "shops", &event);
        assert_eq!(pushed(&mut emulator)[0]["topic"], expected);
    }
}

#[test]
fn an_event_of_an_azure_service_has_the_topic_of_that_service() {
    let photos = Target::BasicTopic("photos");
    let mut emulator = Emulator::builder()
        .basic_topic("photos", InputSchema::EventGrid)
        .subscription_of(photos, "thumbnails", options(DeliverySchema::CloudEvents))
        .build()
        .unwrap();
    let sample = SampleEvent::new(SystemEvent::StorageBlobCreated, "1", "2024-06-01T12:00:00Z");
    emulator.publish_system_event(photos, &sample).unwrap();
    let source = pushed(&mut emulator)["source"].as_str().unwrap().to_owned();
    assert!(source.contains("/Microsoft.Storage/storageAccounts/"), "{source}");
}

#[test]
fn an_event_of_a_custom_schema_is_converted_by_the_mapping() {
    let mut mapping = InputSchemaMapping::new();
    mapping.id = Some("number".to_owned());
    mapping.event_type = MappedField::from_field("head.kind").or("Sold");
    mapping.subject = MappedField::with_default("shop");
    let sales = Target::BasicTopic("sales");
    let mut emulator = Emulator::builder()
        .key("c2VjcmV0")
        .basic_topic("sales", InputSchema::Custom)
        .input_schema_mapping("sales", mapping)
        .subscription_of(sales, "audit", options(DeliverySchema::CloudEvents))
        .build()
        .unwrap();
    let event = json!({ "number": 17, "head": { "kind": "Returned" } });
    publish(&mut emulator, "sales", &event);
    let cloud_event = pushed(&mut emulator);
    assert_eq!((&cloud_event["id"], &cloud_event["type"]), (&json!("17"), &json!("Returned")));
    assert_eq!((&cloud_event["subject"], &cloud_event["data"]), (&json!("shop"), &event));
    assert_eq!(cloud_event["source"], format!("{OWN}/topics/sales"));
}
