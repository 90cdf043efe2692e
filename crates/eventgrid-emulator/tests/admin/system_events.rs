//! Events as Azure services publish them.

use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};
use serde_json::{Value, json};

use crate::client::Running;

const NEWS: Target<'_> = Target::PartnerChannel { namespace: "contoso", channel: "news" };

/// Every kind of topic, each with an event subscription.
fn running() -> Running {
    let options = EventSubscriptionOptions::new;
    let builder = Emulator::builder()
        .subscription("orders", "audit")
        .basic_topic("photos", InputSchema::EventGrid)
        .subscription_of(Target::BasicTopic("photos"), "audit", options())
        .basic_topic("own", InputSchema::Custom)
        .subscription_of(Target::BasicTopic("own"), "audit", options())
        .domain("shops", InputSchema::CloudEvents)
        .subscription_of(Target::Domain("shops"), "audit", options())
        .partner_channel("contoso", "news", InputSchema::CloudEvents)
        .subscription_of(NEWS, "audit", options());
    Running::start(builder)
}

/// The events in the queue of the event subscription of a topic.
fn events(running: &Running, topic: &str) -> Vec<Value> {
    let found = running.ok("GET", &format!("/topics/{topic}/eventSubscriptions/audit/events"), "");
    let events = found["events"].as_array().unwrap().iter();
    events.map(|queued| queued["event"].clone()).collect()
}

#[test]
fn a_blob_event_is_in_the_schema_of_its_topic() {
    let running = running();
    for (topic, type_member) in [
        ("orders", "type"),
        ("basicTopic:photos", "eventType"),
        ("basicTopic:own", "eventType"),
        ("domain:shops", "type"),
        ("partnerChannel:contoso:news", "type"),
    ] {
        let body = json!({
            "type": "Microsoft.Storage.BlobCreated",
            "topic": topic,
            "overrides": {
                "subject": "/blobServices/default/containers/photos/blobs/cat.png",
                "data.contentLength": 30699,
                "data.contentType": "5",
                "data.new.part": [true],
            },
        });
        let published = running.ok("POST", "/systemEvents", body.to_string());
        let ids = published["ids"].as_array().unwrap();
        let found = events(&running, topic);
        assert_eq!((ids.len(), found.len()), (1, 1), "{topic}");
        let event = &found[0];
        assert_eq!(event[type_member], "Microsoft.Storage.BlobCreated", "{event}");
        assert_eq!((&event["id"], &event["subject"]), (&ids[0], &body["overrides"]["subject"]), "{event}");
        let data = &event["data"];
        assert_eq!(data["contentLength"], 30699, "a number stays one: {event}");
        assert_eq!(data["contentType"], "5", "a text stays one: {event}");
        assert_eq!(data["new"]["part"], json!([true]), "{event}");
        assert!(data["url"].as_str().unwrap().starts_with("https://"), "{event}");
    }
}

#[test]
fn a_number_keeps_all_its_digits() {
    let running = running();
    let body = r#"{"type":"Microsoft.Storage.BlobCreated","topic":"basicTopic:photos",
        "overrides":{"data.contentLength":9007199254740993.0000000000000000001}}"#;
    running.ok("POST", "/systemEvents", body);
    let photos = Target::BasicTopic("photos");
    let queued = running.emulator.with(move |emulator| emulator.peek(photos, "audit", 0, 1, None).unwrap());
    let json = queued.events[0].event.json();
    assert!(json.contains(r#""contentLength":9007199254740993.0000000000000000001,"#), "{json}");
}

#[test]
fn several_events_have_ids_of_their_own() {
    let running = running();
    let body = r#"{"type":"Microsoft.Devices.DeviceTelemetry","topic":"basicTopic:photos","count":3}"#;
    let published = running.ok("POST", "/systemEvents", body);
    let mut ids: Vec<_> = published["ids"].as_array().unwrap().iter().map(Value::to_string).collect();
    let found: Vec<_> = events(&running, "basicTopic:photos").iter().map(|it| it["id"].to_string()).collect();
    assert_eq!(ids, found);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn what_cannot_be_published_is_refused_with_what_to_do() {
    let running = running();
    let blob = |more: &str| format!(r#"{{"type":"Microsoft.Storage.BlobCreated","topic":"orders"{more}}}"#);
    for (body, status, message) in [
        (
            r#"{"type":"Microsoft.Storage.BlobCreate","topic":"orders"}"#.to_owned(),
            400,
            "\"Microsoft.Storage.BlobCreate\" is not the type of a system event; the nearest are \
             Microsoft.Storage.BlobCreated, ",
        ),
        (r#"{"type":"Microsoft.Storage.BlobCreated","topic":"none"}"#.into(), 404, "there is no topic"),
        (blob(r#","count":0"#), 400, "count must be 1 to 1000"),
        (blob(r#","count":1001"#), 400, "count must be 1 to 1000"),
        (blob(r#","count":2,"overrides":{"id":"1"}"#), 400, "events with one id would be duplicates"),
        (blob(r#","overrides":{"subject":5}"#), 400, "overrides: \"subject\" must be a string"),
        (blob(r#","overrides":{"color":"red"}"#), 400, "overrides: \"color\" is not a part of an event"),
        (blob(r#","overrides":{"data..a":1}"#), 400, "overrides: \"data..a\" has an empty name in it"),
        (blob(r#","overrides":{"time":"noon"}"#), 400, "the event is not one that the topic takes: "),
    ] {
        let refused = running.admin("POST", "/systemEvents", body.clone());
        assert_eq!(refused.status, status, "{body}: {refused:?}");
        assert!(refused.message().contains(message), "{body}: {}", refused.message());
    }
    assert_eq!(events(&running, "orders"), [json!(null); 0]);
}

#[test]
fn a_receive_that_waits_gets_a_system_event_and_nothing_is_told_as_accepted() {
    let running = running();
    let body = r#"{"type":"Microsoft.Storage.BlobDeleted","topic":"orders"}"#;
    let received = std::thread::scope(|scope| {
        let receive = scope.spawn(|| {
            let path =
                "/topics/orders/eventsubscriptions/audit:receive?api-version=2024-06-01&maxWaitTime=120";
            running.data(path, "application/json", "")
        });
        while running.emulator.waiting() == 0 {
            std::thread::yield_now();
        }
        running.ok("POST", "/systemEvents", body);
        receive.join().unwrap()
    });
    assert_eq!(received.body["value"][0]["event"]["type"], "Microsoft.Storage.BlobDeleted");
    assert_eq!(running.ok("GET", "/accepted", ""), json!([]));
}
