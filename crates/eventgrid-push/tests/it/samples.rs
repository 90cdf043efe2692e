//! Sample events of the system types.

use eventgrid::event::{CloudEventView, EventGridEventView};
use eventgrid::json::RawJson;
use eventgrid::system_events::SystemEvent;
use eventgrid::webhook::{Delivery, Webhook};
use eventgrid_push::{DeliverySchema, PushSettings, PushedEvent, SampleEvent, SetError};
use serde_json::{Value, json};

use super::received::receive;

const TIME: &str = "2024-06-01T12:00:00Z";

fn sample(event: SystemEvent) -> SampleEvent {
    SampleEvent::new(event, "sample-1", TIME)
}

fn data(sample: &SampleEvent) -> Value {
    let mut event: Value = serde_json::from_str(&sample.to_json(DeliverySchema::EventGrid)).unwrap();
    event["data"].take()
}

#[test]
fn every_type_has_a_sample_in_both_schemas_that_says_the_same() {
    for event in SystemEvent::all() {
        let sample = sample(event);
        let grid = sample.to_json(DeliverySchema::EventGrid);
        let cloud = sample.to_json(DeliverySchema::CloudEvents);
        let grid = EventGridEventView::parse(RawJson::parse(&grid).unwrap()).unwrap();
        let cloud = CloudEventView::parse(RawJson::parse(&cloud).unwrap()).unwrap();
        assert_eq!(SystemEvent::from_json(grid.event_type()), Some(event));
        assert_eq!(SystemEvent::from_json(cloud.event_type()), Some(event));
        assert_eq!(grid.topic().unwrap(), cloud.source(), "{event}");
        assert_eq!(grid.data().as_json().unwrap(), cloud.data().as_json().unwrap(), "{event}");
        assert_eq!(grid.id(), "sample-1");
        assert_eq!(cloud.time().unwrap(), TIME);
        let subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
        assert!(grid.topic().unwrap().to_cow().starts_with(subscription), "{event}");
        assert!(!grid.as_json().as_str().contains("{group}"), "{event}");
        // What the crate `eventgrid` publishes as an event would take it.
        cloud.to_event().unwrap().check().unwrap();
    }
}

#[test]
fn every_sample_is_delivered_and_received() {
    for schema in [DeliverySchema::EventGrid, DeliverySchema::CloudEvents] {
        let settings = PushSettings::new(schema, "samples").unwrap();
        for event in SystemEvent::all() {
            let json = sample(event).to_json(schema);
            let request = settings.request(&[PushedEvent::parse(schema, &json).unwrap()], 0).unwrap();
            receive(&Webhook::without_secret(), "", &request, |delivery| {
                let Delivery::Events(events) = delivery else { panic!("{event}: {delivery:?}") };
                let received = events.iter().next().unwrap().unwrap();
                assert_eq!(received.system_event(), Some(event));
            });
        }
    }
}

#[test]
fn samples_of_what_is_most_used_fit_together() {
    let blob = sample(SystemEvent::StorageBlobCreated);
    assert_eq!(data(&blob)["api"], "PutBlob");
    assert_eq!(data(&blob)["url"], "https://exampleaccount.blob.core.windows.net/example/file.txt");
    assert!(blob.to_json(DeliverySchema::EventGrid).contains("/containers/example/blobs/file.txt\""));
    assert_eq!(data(&sample(SystemEvent::StorageBlobDeleted))["api"], "DeleteBlob");
    for (event, name, status) in [
        (SystemEvent::ResourceWriteSuccess, "Microsoft.Storage/storageAccounts/write", "Succeeded"),
        (SystemEvent::ResourceDeleteFailure, "Microsoft.Storage/storageAccounts/delete", "Failed"),
        (SystemEvent::ResourceActionCancel, "Microsoft.Storage/storageAccounts/listKeys/action", "Canceled"),
    ] {
        let data = data(&sample(event));
        assert_eq!((&data["operationName"], &data["status"]), (&json!(name), &json!(status)));
        assert_eq!(data["authorization"]["action"], name);
    }
    let image = data(&sample(SystemEvent::ContainerRegistryImagePushed));
    assert_eq!((&image["action"], &image["target"]["tag"]), (&json!("push"), &json!("v1")));
    let secret = data(&sample(SystemEvent::KeyVaultSecretNearExpiry));
    assert_eq!(secret["ObjectType"], "Secret");
    assert!(secret["Id"].as_str().unwrap().starts_with("https://example.vault.azure.net/secrets/example/"));
    let fence = data(&sample(SystemEvent::MapsGeofenceEntered));
    assert!(fence["geometries"][0]["distance"].as_f64().unwrap() < 0.0, "it is inside");
}

#[test]
fn attributes_are_set_by_their_names_in_either_schema() {
    for (path, other) in [("topic", "source"), ("time", "eventTime"), ("subject", "subject"), ("id", "id")] {
        let event = sample(SystemEvent::MapsGeofenceResult).with(path, "\"5\" x").unwrap();
        assert_eq!(event, sample(SystemEvent::MapsGeofenceResult).with(other, "\"5\" x").unwrap());
        assert!(event.to_json(DeliverySchema::EventGrid).contains(r#":"\"5\" x""#), "{path}");
    }
    let event = sample(SystemEvent::MapsGeofenceResult).with("dataVersion", "9").unwrap();
    assert!(event.to_json(DeliverySchema::CloudEvents).contains("\"dataschema\":\"#9\""));
}

#[test]
fn data_is_set_by_paths() {
    let mut event = sample(SystemEvent::DeviceTelemetry);
    event.assign(r#"data={"list":[1,{"a":null}],"text":"x"}"#).unwrap();
    for assignment in [
        "data.list.0=true",
        "data.list.1.a.b=\"5\"",
        "data.list.2=not JSON = text",
        "data.list.3.deep=1.5",
        "data.text=",
        "data.new.member=[]",
        "data.number=5",
    ] {
        event.assign(assignment).unwrap();
    }
    assert_eq!(
        data(&event),
        json!({
            "list": [true, {"a": {"b": "5"}}, "not JSON = text", {"deep": 1.5}],
            "text": "", "new": {"member": []}, "number": 5,
        })
    );
}

#[test]
fn json_that_no_event_has_is_refused_and_does_not_become_text() {
    for json in [r#"{"\ud800":1}"#.to_owned(), format!("{}{}", "[".repeat(150), "]".repeat(150))] {
        let mut event = sample(SystemEvent::DeviceTelemetry);
        for path in ["data", "data.x"] {
            let error = event.set(path, &json).unwrap_err();
            assert_eq!(error, SetError::UnreadableValue { path: path.to_owned() });
        }
        event.set("data.x", &json[1..]).expect("what is not JSON is text");
    }
}

#[test]
fn numbers_and_texts_of_data_stay_as_they_were_written() {
    for json in [
        "12345678901234567890123",
        "9007199254740993.0",
        "0.1000000000000000055511151231257827",
        "1e400",
        "-0",
        "1.50",
        r#""\u00e9\/""#,
    ] {
        let event = sample(SystemEvent::DeviceTelemetry)
            .with("data", &format!(r#"{{"list": [ {json} ], "whole":{json}}}"#))
            .and_then(|event| event.with("data.list.1.new", &format!(" {json} ")))
            .unwrap();
        for schema in [DeliverySchema::EventGrid, DeliverySchema::CloudEvents] {
            let expected = format!(r#""data":{{"list":[{json},{{"new":{json}}}],"whole":{json}}}"#);
            assert!(event.to_json(schema).contains(&expected), "{}", event.to_json(schema));
        }
    }
}

#[test]
fn what_cannot_be_set_leaves_the_event_as_it_was() {
    let before = sample(SystemEvent::MapsGeofenceEntered);
    let path = |path: &str| path.to_owned();
    for (assignment, expected) in [
        ("data", SetError::NoValue { assignment: path("data") }),
        ("type=x", SetError::UnknownPart { path: path("type") }),
        ("=x", SetError::UnknownPart { path: path("") }),
        ("subject.x=1", SetError::NotData { path: path("subject.x") }),
        ("data.=1", SetError::EmptyName { path: path("data.") }),
        ("data.a..b=1", SetError::EmptyName { path: path("data.a..b") }),
        (
            "data.isEventPublished.x=1",
            SetError::NotAnObject { path: path("data.isEventPublished.x"), name: path("x") },
        ),
        ("data.geometries.2.x=1", SetError::NoIndex { path: path("data.geometries.2.x"), len: 1 }),
        ("data.geometries.first=1", SetError::NoIndex { path: path("data.geometries.first"), len: 1 }),
    ] {
        let mut event = before.clone();
        assert_eq!(event.assign(assignment), Err(expected), "{assignment}");
        assert_eq!(event, before, "{assignment}");
    }
}

#[test]
fn an_event_never_becomes_too_deep_to_be_delivered() {
    let mut event = sample(SystemEvent::MapsGeofenceEntered);
    let long = format!("data{}", ".a".repeat(100_000));
    assert_eq!(event.set(&long, "1"), Err(SetError::TooDeep { path: long }));
    let path = format!("data{}", ".a".repeat(90));
    event.set(&path, "1").unwrap();
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert_eq!(event.set(&path, &deep), Err(SetError::TooDeep { path }));
    let json = event.to_json(DeliverySchema::CloudEvents);
    assert!(PushedEvent::parse(DeliverySchema::CloudEvents, &json).is_ok());
    // What is too deep to be read as JSON is text.
    event.set("data.text", &"[".repeat(100_000)).unwrap();
}
