//! Publishing by the admin API and by the library, without a credential.

use eventgrid_emulator::{Emulator, InputSchema, PublishError, Target};
use serde_json::{Value, json};

use crate::client::Running;

const CLOUD_EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"shop","type":"Ordered"}"#;
const GRID_EVENT: &str = r#"{"id":"1","subject":"s","eventType":"Ordered","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","topic":"berlin"}"#;

fn body(event: &str) -> String {
    format!(r#"{{"events":[{event}]}}"#)
}

#[test]
fn events_of_each_kind_are_published_and_received_as_any_others() {
    let builder = Emulator::builder()
        .subscription("orders", "billing")
        .basic_topic("invoices", InputSchema::EventGrid)
        .basic_topic("raw", InputSchema::Custom)
        .domain("shops", InputSchema::EventGrid)
        .partner_channel("contoso", "news", InputSchema::CloudEvents)
        .basic_topic_at_root();
    let running = Running::start(builder);
    let without_topic = GRID_EVENT.replace(r#","topic":"berlin""#, "");
    for (topic, event) in [
        ("orders", CLOUD_EVENT),
        ("basicTopic:invoices", &without_topic),
        ("basicTopic:raw", r#"{"anything":[1]}"#),
        ("domain:shops", GRID_EVENT),
        ("partnerChannel:contoso:news", CLOUD_EVENT),
        ("basicTopic:", CLOUD_EVENT),
        ("basicTopic:", GRID_EVENT),
    ] {
        let subscriptions = format!("/topics/{topic}/eventSubscriptions/watch");
        if topic != "orders" && running.admin("GET", &subscriptions, "").status == 404 {
            running.ok("PUT", &subscriptions, "{}");
        }
        let published = running.ok("POST", &format!("/topics/{topic}/publish"), body(event));
        assert_eq!(published, json!({ "count": 1 }), "{topic}");
    }
    assert_eq!(running.receive(10).len(), 1);
    let topics = running.ok("GET", "/topics", "");
    for topic in topics["topics"].as_array().unwrap() {
        let expected = if topic["id"] == "basicTopic:" { 2 } else { 1 };
        assert_eq!(topic["eventSubscriptions"][0]["counts"]["published"], expected, "{topic}");
    }
    let accepted = running.ok("GET", "/accepted", "");
    let targets: Vec<_> = accepted.as_array().unwrap().iter().map(|it| &it["schema"]).collect();
    assert_eq!(
        targets,
        ["cloudevents", "eventgrid", "custom", "eventgrid", "cloudevents", "cloudevents", "eventgrid"]
    );
    let requests = running.ok("POST", "/requests/find", "{}");
    assert_eq!(requests["requests"].as_array().unwrap().len(), 1, "the receive alone is a request");
}

#[test]
fn who_waits_for_an_event_gets_one_that_is_published_here() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    std::thread::scope(|scope| {
        let receive = scope.spawn(|| running.receive(1));
        while running.emulator.with(|emulator| emulator.waiting()) == 0 {
            std::thread::yield_now();
        }
        running.ok("POST", "/topics/orders/publish", body(CLOUD_EVENT));
        assert_eq!(receive.join().unwrap().len(), 1);
    });
}

#[test]
fn all_events_are_published_or_none_and_the_refusal_says_why() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    let refusal = |path: &str, body: &str| {
        let reply = running.admin("POST", path, body);
        (reply.status, reply.message().to_owned())
    };
    let (status, message) =
        refusal("/topics/orders/publish", &format!(r#"{{"events":[{CLOUD_EVENT},{{}}]}}"#));
    assert!(status == 400 && message.starts_with("orders refuses the events: "), "{message}");
    let (status, message) = refusal("/topics/orders/publish", r#"{"events":[]}"#);
    assert!(status == 400 && message.contains("give one or more"), "{message}");
    let (status, message) = refusal("/topics/orders/publish", "[]");
    assert!(status == 400 && message.contains(r#"write it such as {"events":"#), "{message}");
    let (status, message) = refusal("/topics/fake/publish", &body(CLOUD_EVENT));
    assert!(status == 404 && message.contains("there is no topic"), "{message}");
    let counts = running.ok("GET", "/topics/orders/eventSubscriptions/billing", "")["counts"].take();
    assert_eq!(counts["published"], 0);
    assert_eq!(running.ok("GET", "/accepted", ""), Value::Array(Vec::new()));
}

#[test]
fn a_program_publishes_without_http() {
    let mut emulator = Emulator::builder().subscription("orders", "billing").build().unwrap();
    let orders = Target::NamespaceTopic("orders");
    let refused = emulator.publish(orders, "{}").unwrap_err();
    assert!(matches!(refused, PublishError::Refused(_)), "{refused:?}");
    for target in [Target::Domain("orders"), Target::NamespaceTopic("fake"), Target::BasicTopic("")] {
        assert_eq!(emulator.publish(target, &format!("[{CLOUD_EVENT}]")), Err(PublishError::UnknownTarget));
    }
    assert_eq!(emulator.publish(orders, &format!("[{CLOUD_EVENT},{CLOUD_EVENT}]")), Ok(()));
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 2);
}
