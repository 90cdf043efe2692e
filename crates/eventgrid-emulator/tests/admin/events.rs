//! Events in a queue: listed, settled, resent, removed.

use std::time::Duration;

use eventgrid_emulator::broker::{EventState, UnknownEvent};
use eventgrid_emulator::{Emulator, Target};
use serde_json::{Value, json};

use crate::client::Running;

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";

fn started() -> Running {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    for id in ["a", "b", "c", "d"] {
        running.publish("orders", id);
    }
    running
}

fn peeked(running: &Running, query: &str) -> Value {
    running.ok("GET", &format!("{BILLING}/events?{query}"), "")
}

/// The ids of the events that are there, each with its state and its delivery count.
fn told(running: &Running) -> Vec<String> {
    let page = peeked(running, "");
    let one = |event: &Value| {
        let [id, state] = [&event["event"]["id"], &event["state"]].map(|value| value.as_str().unwrap());
        format!("{id} {state} {}", event["deliveryCount"])
    };
    page["events"].as_array().unwrap().iter().map(one).collect()
}

fn counts(running: &Running) -> Value {
    running.ok("GET", BILLING, "")["counts"].take()
}

fn post(running: &Running, what: &str, body: &Value) -> Value {
    running.ok("POST", &format!("{BILLING}/{what}"), body.to_string())
}

#[test]
fn looking_at_events_shows_all_of_them_and_changes_nothing() {
    let running = started();
    running.receive(2);
    assert_eq!(told(&running), ["a locked 1", "b locked 1", "c available 0", "d available 0"]);
    assert_eq!(told(&running), ["a locked 1", "b locked 1", "c available 0", "d available 0"]);
    let first = &peeked(&running, "maxEvents=1")["events"][0];
    assert_eq!((&first["sequenceNumber"], &first["event"]["type"]), (&json!(0), &json!("Ordered")));
    assert!(
        first["lockToken"].is_string() && first["lockedUntil"].is_string() && first["expires"].is_string()
    );
    let locked = peeked(&running, "state=available");
    assert_eq!(locked["events"].as_array().unwrap().len(), 2);
    assert!(locked["events"][0].get("lockedUntil").is_none(), "{locked}");
}

#[test]
fn a_subscription_tells_its_oldest_event_and_what_was_delivered_again() {
    let running = started();
    let told = || {
        let subscription = running.ok("GET", BILLING, "");
        let counts =
            ["deliveries", "redeliveries"].map(|name| subscription["counts"][name].as_u64().unwrap());
        (subscription["oldestEvent"].as_str().map(str::to_owned), counts)
    };
    let first = peeked(&running, "")["events"][0]["published"].as_str().unwrap().to_owned();
    assert_eq!(told(), (Some(first), [0, 0]));
    for _ in 0..3 {
        running.receive(1);
        post(&running, "settle", &json!({"action": "release", "sequenceNumbers": [0]}));
    }
    assert_eq!(told().1, [3, 2]);
    post(&running, "settle", &json!({"action": "acknowledge", "sequenceNumbers": [0]}));
    let second = peeked(&running, "")["events"][0]["published"].as_str().unwrap().to_owned();
    assert_eq!(told(), (Some(second), [3, 2]));
    let snapshot = running.ok("GET", "/snapshot", "");
    running.ok("POST", "/reset", "");
    assert_eq!(told(), (None, [0, 0]));
    running.ok("PUT", "/snapshot", snapshot.to_string());
    assert_eq!(told().1, [3, 2], "a snapshot has them");
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let running = started();
    let first = peeked(&running, "maxEvents=3");
    assert_eq!((first["events"].as_array().unwrap().len(), &first["next"]), (3, &json!(3)));
    let last = peeked(&running, "maxEvents=3&from=3");
    assert_eq!((&last["events"][0]["event"]["id"], last.get("next")), (&json!("d"), None));
    for query in ["maxEvents=0", "maxEvents=1001", "from=-1", "state=new", "from=1&from=2"] {
        let reply = running.admin("GET", &format!("{BILLING}/events?{query}"), "");
        assert_eq!((reply.status, reply.code()), (400, "BadRequest"), "{query}");
    }
}

#[test]
fn events_are_settled_by_lock_token_and_by_number() {
    let running = started();
    let tokens = running.receive(2);
    let body = json!({ "action": "release", "lockTokens": [tokens[0], "no-token"], "delayInSeconds": 60 });
    let results = post(&running, "settle", &body);
    assert_eq!(results["succeeded"], json!([{ "lockToken": tokens[0] }]));
    let failed = json!([{ "lockToken": "no-token", "message": "the lock token cannot be decoded" }]);
    assert_eq!(results["failed"], failed);
    assert_eq!(told(&running)[0], "a delayed 1");

    let results = post(&running, "settle", &json!({ "action": "release", "sequenceNumbers": [0, 1, 99] }));
    assert_eq!(results["succeeded"], json!([{ "sequenceNumber": 0 }, { "sequenceNumber": 1 }]));
    assert_eq!(results["failed"][0]["sequenceNumber"], 99);
    assert_eq!(told(&running), ["a available 1", "b available 1", "c available 0", "d available 0"]);

    post(&running, "settle", &json!({ "action": "reject", "sequenceNumbers": [2] }));
    post(&running, "settle", &json!({ "action": "acknowledge", "sequenceNumbers": [1] }));
    let counts = counts(&running);
    assert_eq!(
        (&counts["rejected"], &counts["acknowledged"], &counts["available"]),
        (&json!(1), &json!(1), &json!(2))
    );
    // What is left is received in its order, over the gap that the others left.
    assert_eq!(running.receive(10).len(), 2);
    assert_eq!(told(&running), ["a locked 2", "d locked 1"]);
}

#[test]
fn every_event_can_be_settled_before_it_was_received_and_later_ones_still_come() {
    let running = started();
    post(&running, "settle", &json!({ "action": "acknowledge", "sequenceNumbers": [0, 1, 2, 3] }));
    assert_eq!(told(&running), [""; 0]);
    running.publish("orders", "e");
    assert_eq!(running.receive(10).len(), 1);
    assert_eq!(told(&running), ["e locked 1"]);
}

#[test]
fn requests_to_settle_that_say_nothing_clear_are_refused() {
    let running = started();
    for body in [
        json!({ "action": "acknowledge" }),
        json!({ "action": "eat", "sequenceNumbers": [0] }),
        json!({ "action": "acknowledge", "sequenceNumbers": [0], "delayInSeconds": 5 }),
        json!({ "action": "release", "lockTokens": ["x"], "delayInSeconds": 86_401 }),
        json!({ "action": "release", "lockTokens": ["x"], "delayInSeconds": -1 }),
        json!({ "action": "release", "lockTokens": ["x"], "delay": 1 }),
    ] {
        let reply = running.admin("POST", &format!("{BILLING}/settle"), body.to_string());
        assert_eq!((reply.status, reply.code()), (400, "BadRequest"), "{body}");
    }
}

#[test]
fn an_event_that_is_sent_again_is_as_one_that_was_just_published() {
    let running = started();
    running.receive(1);
    let results = post(&running, "resend", &json!({ "sequenceNumbers": [0, 7] }));
    assert_eq!(results["succeeded"], json!([{ "sequenceNumber": 0 }]));
    assert_eq!(results["failed"][0]["message"], "no event of that sequence number is in the queue");
    assert_eq!(told(&running), ["b available 0", "c available 0", "d available 0", "a available 0"]);
    assert_eq!(counts(&running)["published"], 4);
}

#[test]
fn a_reset_forgets_events_and_counts_and_keeps_the_configuration() {
    let running = started();
    let tokens = running.receive(1);
    assert_eq!(running.admin("POST", &format!("{BILLING}/reset"), "").status, 204);
    let counts_after = counts(&running);
    assert!(counts_after.as_object().unwrap().values().all(|count| *count == 0), "{counts_after}");
    let results = post(&running, "settle", &json!({ "action": "acknowledge", "lockTokens": tokens }));
    assert_eq!(results["failed"][0]["message"], "the lock token has expired");
    running.publish("orders", "e");
    assert_eq!(told(&running), ["e available 0"]);
    assert_eq!(running.admin("POST", "/reset", "").status, 204);
    assert_eq!(told(&running), [""; 0]);
    assert_eq!(running.ok("GET", "/accepted", ""), json!([]));
}

#[test]
fn the_library_does_the_same_in_process() {
    let namespace = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    let orders = Target::NamespaceTopic("orders");
    crate::client::publish_in_process(&namespace, &["a", "b"]);
    namespace.with(|emulator| {
        assert_eq!(emulator.receive(orders, "billing", 1).unwrap().len(), 1);
        let seen = emulator.peek(orders, "billing", 0, 10, None).unwrap();
        assert_eq!(
            seen.events.iter().map(|event| event.state).collect::<Vec<_>>(),
            [EventState::Locked, EventState::Available]
        );
        assert_eq!(seen.events[0].event.attribute("id").unwrap().as_str(), r#""a""#);
        emulator.resend_event(orders, "billing", 0).unwrap();
        emulator.acknowledge_event(orders, "billing", 1).unwrap();
        assert_eq!(emulator.reject_event(orders, "billing", 1), Err(UnknownEvent));
        assert_eq!(emulator.release_event(orders, "billing", 2), Ok(()));
        let stats = emulator.stats_of(orders, "billing").unwrap();
        assert_eq!((stats.published, stats.queued, stats.acknowledged), (2, 1, 1));
        assert!(emulator.reset_subscription(orders, "billing") && !emulator.reset_subscription(orders, "x"));
        assert_eq!(emulator.stats_of(orders, "billing").unwrap().published, 0);
    });
    namespace.advance(Duration::from_secs(1));
}
