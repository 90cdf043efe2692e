//! Topics and event subscriptions: listed, created, changed, removed.

use eventgrid_emulator::{Emulator, InputSchema, Target};
use serde_json::{Value, json};

use crate::client::Running;

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";

#[test]
fn topics_of_every_kind_are_listed_and_found_by_their_ids() {
    let running = Running::start(
        Emulator::builder()
            .subscription("orders", "billing")
            .basic_topic("invoices", InputSchema::EventGrid)
            .basic_topic_at_root()
            .domain("shops", InputSchema::CloudEvents)
            .partner_channel("contoso", "news", InputSchema::Custom),
    );
    let topics = running.ok("GET", "/topics", "");
    let told = |topic: &Value| {
        let text = |name: &str| topic[name].as_str().unwrap_or("-").to_owned();
        [text("id"), text("kind"), text("name"), text("channel"), text("inputSchema")].join(" ")
    };
    let told: Vec<_> = topics["topics"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        told,
        [
            "orders namespaceTopic orders - cloudevents",
            "basicTopic: basicTopic  - -",
            "partnerChannel:contoso:news partnerChannel contoso news custom",
            "basicTopic:invoices basicTopic invoices - eventgrid",
            "domain:shops domain shops - cloudevents",
        ]
    );
    for topic in topics["topics"].as_array().unwrap() {
        let id = topic["id"].as_str().unwrap();
        assert_eq!(&running.ok("GET", &format!("/topics/{id}"), ""), topic);
        let subscription = format!("/topics/{id}/eventSubscriptions/audit");
        assert_eq!(running.admin("PUT", &subscription, "{}").status, 201, "{id}");
        assert_eq!(running.ok("GET", &subscription, "")["counts"]["published"], 0);
    }
    for other in
        ["basicTopic:shops", "domain:invoices", "partnerChannel:contoso:x", "nothing", "domain:orders"]
    {
        let reply = running.admin("GET", &format!("/topics/{other}"), "");
        assert_eq!((reply.status, reply.code()), (404, "TopicNotFound"), "{other}");
    }
    assert_eq!(running.admin("GET", "/topics/partnerChannel:contoso", "").status, 400);
}

#[test]
fn a_topic_that_is_created_takes_events_and_one_that_is_deleted_does_not() {
    let running = Running::start(Emulator::builder());
    assert_eq!(running.publish("returns", "1").status, 404);
    let reply = running.admin("POST", "/topics", r#"{"name":"returns"}"#);
    assert_eq!((reply.status, &reply.body["id"]), (201, &json!("returns")));
    assert_eq!(running.publish("returns", "1").status, 200);
    let again = running.admin("POST", "/topics", r#"{"name":"Returns"}"#);
    assert_eq!((again.status, again.code()), (409, "Conflict"));
    assert_eq!(running.admin("DELETE", "/topics/RETURNS", "").status, 204);
    assert_eq!(running.publish("returns", "1").status, 404);
    assert_eq!(running.admin("DELETE", "/topics/returns", "").status, 404);
}

#[test]
fn bodies_that_are_not_as_documented_are_refused_with_what_to_do() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    for (method, path, body, part) in [
        ("POST", "/topics", "", "such as"),
        ("POST", "/topics", "{", "such as"),
        ("POST", "/topics", r#"{"name":"returns","colour":"red"}"#, "colour: unknown field"),
        ("POST", "/topics", r#"{"name":"no name"}"#, "3 to 50 letters"),
        ("PUT", "/topics/orders/eventSubscriptions/x", "{}", "3 to 64 letters"),
        ("PATCH", BILLING, r#"{"maxDeliveryCount":0}"#, "1 or more"),
        ("PATCH", BILLING, r#"{"receiveLockDurationInSeconds":0}"#, "above 0"),
        ("PATCH", BILLING, r#"{"receiveLockDurationInSeconds":-1}"#, "above 0"),
        ("PATCH", BILLING, r#"{"receiveLockDurationInSeconds":1e300}"#, "above 0"),
        ("PATCH", BILLING, r#"{"eventTimeToLive":"1 day"}"#, "write P1D"),
        ("PATCH", BILLING, r#"{"lockDuration":1}"#, "unknown field"),
    ] {
        let reply = running.admin(method, path, body);
        assert_eq!((reply.status, reply.code()), (400, "BadRequest"), "{body}");
        assert!(reply.message().contains(part), "{body}: {reply:?}");
    }
}

#[test]
fn event_subscriptions_are_created_changed_and_deleted() {
    let running = Running::start(Emulator::builder().topic("orders"));
    assert_eq!(running.admin("PATCH", BILLING, "{}").code(), "EventSubscriptionNotFound");
    let created = running.admin("PUT", BILLING, r#"{"maxDeliveryCount":2}"#);
    let settings = json!({
        "receiveLockDurationInSeconds": 60.0, "maxDeliveryCount": 2, "eventTimeToLive": "P1D",
    });
    assert_eq!((created.status, &created.body["settings"]), (201, &settings));
    assert_eq!(running.admin("PUT", BILLING, "{}").status, 409);
    let settings = r#"{"receiveLockDurationInSeconds":0.5,"eventTimeToLive":"PT1H"}"#;
    let changed = running.ok("PATCH", BILLING, settings);
    let settings = json!({
        "receiveLockDurationInSeconds": 0.5, "maxDeliveryCount": 2, "eventTimeToLive": "PT1H",
    });
    assert_eq!(changed["settings"], settings);
    running.publish("orders", "1");
    let counts = &running.ok("GET", BILLING, "")["counts"];
    assert_eq!((&counts["published"], &counts["available"]), (&json!(1), &json!(1)));
    assert_eq!(running.admin("DELETE", BILLING, "").status, 204);
    assert_eq!(running.admin("GET", BILLING, "").status, 404);
}

#[test]
fn the_library_lists_the_same() {
    let emulator =
        Emulator::builder().subscription("orders", "billing").domain("shops", InputSchema::EventGrid);
    let namespace = emulator.in_process().unwrap();
    let topics = namespace.with(|emulator| emulator.topics());
    assert_eq!(topics[0].target(), Target::NamespaceTopic("orders"));
    assert_eq!(topics[0].subscriptions[0].settings.max_delivery_count, 10);
    assert_eq!(
        (topics[1].target(), topics[1].schema),
        (Target::Domain("shops"), Some(InputSchema::EventGrid))
    );
    let overview = namespace
        .with(|emulator| emulator.subscription_overview(Target::NamespaceTopic("Orders"), "BILLING"));
    assert_eq!(overview.unwrap().name, "billing");
}
