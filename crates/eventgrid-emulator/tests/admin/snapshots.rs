//! The whole state: taken, and restored by a later run.

use std::time::Duration;

use eventgrid_emulator::{Condition, Emulator, InputSchema, Snapshot, Target, WaitError};
use serde_json::{Value, json};

use crate::client::{Running, publish_in_process};

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";
const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

/// An emulator whose queue has events in every state, with a hole, and its clock stopped.
fn first() -> (Running, Vec<String>) {
    let running = Running::start(
        Emulator::builder()
            .subscription("orders", "billing")
            .topic("empty")
            .basic_topic("grid", InputSchema::EventGrid),
    );
    running.ok("PUT", "/topics/basicTopic:grid/eventSubscriptions/audit", "{}");
    let event =
        r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1"}]"#;
    assert_eq!(running.data("/grid/api/events", "application/json", event).status, 200);
    for id in ["a", "b", "c", "d", "e"] {
        running.publish("orders", id);
    }
    let tokens = running.receive(3);
    running.ok("POST", "/clock/stop", "");
    let delay = json!({ "action": "release", "lockTokens": [tokens[1]], "delayInSeconds": 600 });
    running.ok("POST", &format!("{BILLING}/settle"), delay.to_string());
    let acknowledge = json!({ "action": "acknowledge", "sequenceNumbers": [2] });
    running.ok("POST", &format!("{BILLING}/settle"), acknowledge.to_string());
    (running, tokens)
}

fn state(running: &Running) -> [Value; 4] {
    let clock = running.ok("GET", "/clock", "");
    [
        running.ok("GET", "/topics", ""),
        running.ok("GET", &format!("{BILLING}/events"), ""),
        running.ok("GET", "/topics/basicTopic:grid/eventSubscriptions/audit/events", ""),
        json!([clock["time"], clock["isStopped"]]),
    ]
}

#[test]
fn a_later_run_has_the_same_state_and_goes_on_from_there() {
    let (first, tokens) = first();
    let snapshot = first.ok("GET", "/snapshot", "");
    let expected = state(&first);
    drop(first);

    let second = Running::start(Emulator::builder().subscription("other", "thing"));
    assert_eq!(second.admin("PUT", "/snapshot", snapshot.to_string()).status, 204);
    assert_eq!(state(&second), expected);
    assert_eq!(second.ok("GET", "/snapshot", ""), snapshot);
    assert_eq!(second.publish("other", "1").status, 404, "what is not in the snapshot is gone");
    // The lock token is still good, and the queue goes on.
    let settle = json!({ "action": "acknowledge", "lockTokens": [tokens[0]] });
    assert_eq!(second.ok("POST", &format!("{BILLING}/settle"), settle.to_string())["failed"], json!([]));
    second.publish("orders", "f");
    assert_eq!(second.receive(10).len(), 3);
    second.ok("POST", "/clock/advance", r#"{"seconds":600}"#);
    let counts = &second.ok("GET", BILLING, "")["counts"];
    assert_eq!(
        (&counts["available"], &counts["delayed"], &counts["published"]),
        (&json!(4), &json!(0), &json!(6))
    );
}

#[test]
fn numbers_of_an_event_come_back_digit_by_digit() {
    let (first, _) = first();
    let text = serde_json::to_string(&first.emulator.snapshot()).unwrap();
    assert!(text.contains(r#""data":{"total":1.50}"#), "{text}");
    first.emulator.restore(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(serde_json::to_string(&first.emulator.snapshot()).unwrap(), text);
}

#[test]
fn what_is_no_state_is_refused_and_changes_nothing() {
    let (running, _) = first();
    let snapshot = running.ok("GET", "/snapshot", "");
    let before = state(&running);
    let events = "/topics/2/eventSubscriptions/0/events";
    for (pointer, value, part) in [
        ("/version".to_owned(), json!(2), "version"),
        ("/time".to_owned(), json!("noon"), "RFC 3339"),
        ("/colour".to_owned(), json!("red"), "unknown field"),
        ("/topics/1/name".to_owned(), json!("ORDERS"), "given twice"),
        ("/basicResources/0/inputSchema".to_owned(), json!("x"), "a schema is"),
        (format!("{events}/0/sequenceNumber"), json!(99), "sequence numbers"),
        (format!("{events}/1/sequenceNumber"), json!(0), "must go up"),
        (format!("{events}/0/published"), json!("2099-01-01T00:00:00Z"), "before the one before"),
        (format!("{events}/0/lockToken"), json!("x"), "lock token"),
        (format!("{events}/0/event"), json!([]), "not an event"),
        ("/topics/2/eventSubscriptions/0/nextSequenceNumber".to_owned(), json!(u64::MAX), "apart"),
        ("/topics/2/eventSubscriptions/0/settings/timeToLive/seconds".to_owned(), json!(0), "above zero"),
        ("/topics/2/eventSubscriptions/0/counts/rejected".to_owned(), json!(u64::MAX), "too large"),
    ] {
        let mut other = snapshot.clone();
        match other.pointer_mut(&pointer) {
            Some(place) => *place = value,
            None => other[pointer.trim_start_matches('/')] = value,
        }
        let reply = running.admin("PUT", "/snapshot", other.to_string());
        assert_eq!((reply.status, reply.code()), (400, "BadRequest"), "{pointer}: {reply:?}");
        assert!(reply.message().contains(part), "{pointer}: {reply:?}");
    }
    assert_eq!(state(&running), before);
}

#[test]
fn a_queue_far_from_its_beginning_is_restored_with_its_holes() {
    let namespace = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    let ids: Vec<_> = (0..700).map(|id| id.to_string()).collect();
    publish_in_process(&namespace, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    namespace.with(|emulator| {
        for number in (0..300).chain(301..690) {
            emulator.acknowledge_event(ORDERS, "billing", number).unwrap();
        }
    });
    let snapshot: Snapshot =
        serde_json::from_str(&serde_json::to_string(&namespace.snapshot()).unwrap()).unwrap();
    let other = Emulator::builder().in_process().unwrap();
    other.restore(&snapshot).unwrap();
    publish_in_process(&other, &["last"]);
    let received = other.with(|emulator| emulator.receive(ORDERS, "billing", 100).unwrap());
    let ids: Vec<_> =
        received.iter().map(|it| it.event.attribute("id").unwrap().as_str().to_owned()).collect();
    let expected: Vec<_> = [300].into_iter().chain(690..700).map(|id| format!("\"{id}\"")).collect();
    assert_eq!(ids[..11], expected);
    assert_eq!(ids[11], "\"last\"");
    let stats = other.stats("orders", "billing").unwrap();
    assert_eq!((stats.published, stats.locked, stats.acknowledged), (701, 12, 689));
}

#[test]
fn in_process_time_goes_on_to_that_of_the_snapshot_and_never_back() {
    let first = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    publish_in_process(&first, &["a"]);
    let early = first.snapshot();
    first.advance(Duration::from_secs(3_600));
    let late = first.snapshot();
    let second = Emulator::builder().in_process().unwrap();
    second.restore(&late).unwrap();
    assert_eq!(second.now(), first.now());
    second.restore(&early).unwrap();
    assert_eq!(second.now(), first.now());
    assert_eq!(second.stats("orders", "billing").unwrap().queued, 1);
}

#[test]
fn in_process_a_thread_waits_for_what_another_one_does() {
    let namespace = Emulator::builder().subscription("orders", "billing").in_process().unwrap();
    let long = Duration::from_secs(60);
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| namespace.wait_for(ORDERS, "billing", Condition::Available(2), long));
        publish_in_process(&namespace, &["a", "b"]);
        assert_eq!(wait.join().unwrap().unwrap().queued, 2);
    });
    let late = namespace.wait_for(ORDERS, "billing", Condition::Drained, Duration::ZERO);
    assert!(matches!(late, Err(WaitError::TimedOut(stats)) if stats.queued == 2));
    assert_eq!(
        namespace.wait_for(ORDERS, "x", Condition::Drained, long),
        Err(WaitError::UnknownSubscription)
    );
}
