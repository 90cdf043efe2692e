//! Waiting for a state instead of sleeping.

use std::thread;
use std::time::Duration;

use eventgrid_emulator::{Condition, Emulator, Target, WaitError};
use serde_json::{Value, json};

use crate::client::Running;

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");
const LONG: Duration = Duration::from_secs(60);

fn started() -> Running {
    Running::start(Emulator::builder().subscription("orders", "billing"))
}

fn barrier(condition: &Value, seconds: f64) -> String {
    let barrier = json!({
        "topic": "orders", "eventSubscription": "billing", "condition": condition, "timeoutInSeconds": seconds,
    });
    barrier.to_string()
}

#[test]
fn a_condition_that_holds_returns_at_once_and_one_that_does_not_with_the_state() {
    let running = started();
    let reply = running.admin("POST", "/barriers", barrier(&json!("drained"), 60.0));
    assert_eq!((reply.status, &reply.body["counts"]["available"]), (200, &json!(0)));
    running.publish("orders", "1");
    let reply = running.admin("POST", "/barriers", barrier(&json!("drained"), 0.01));
    assert_eq!((reply.status, reply.code()), (409, "NotReached"));
    assert_eq!(reply.body["counts"]["available"], 1);
    assert!(reply.message().contains("1 available, 0 locked"), "{reply:?}");
}

#[test]
fn a_wait_ends_with_the_change_that_it_is_for() {
    let running = started();
    thread::scope(|scope| {
        let available =
            scope.spawn(|| running.admin("POST", "/barriers", barrier(&json!({ "available": 2 }), 60.0)));
        let dead = scope.spawn(|| running.admin("POST", "/barriers", barrier(&json!({ "dead": 1 }), 60.0)));
        running.publish("orders", "1");
        running.publish("orders", "2");
        assert_eq!(available.join().unwrap().status, 200);
        let reject = json!({ "action": "reject", "sequenceNumbers": [1] }).to_string();
        running.ok("POST", "/topics/orders/eventSubscriptions/billing/settle", reject);
        assert_eq!(dead.join().unwrap().body["counts"]["rejected"], 1);
    });
}

#[test]
fn a_wait_for_what_is_removed_ends() {
    let running = started();
    thread::scope(|scope| {
        let wait =
            scope.spawn(|| running.admin("POST", "/barriers", barrier(&json!({ "available": 1 }), 60.0)));
        running.ok("DELETE", "/topics/orders/eventSubscriptions/billing", "");
        assert_eq!(wait.join().unwrap().code(), "EventSubscriptionNotFound");
    });
}

#[test]
fn waits_for_nothing_are_refused() {
    let running = started();
    for (body, status) in [
        (json!({ "topic": "x", "eventSubscription": "billing", "condition": "drained" }), 404),
        (json!({ "topic": "orders", "eventSubscription": "x", "condition": "drained" }), 404),
        (json!({ "topic": "orders", "eventSubscription": "billing", "condition": "empty" }), 400),
        (json!({ "topic": "orders", "eventSubscription": "billing" }), 400),
        (json!({ "topic": "orders", "eventSubscription": "billing", "condition": "drained", "x": 1 }), 400),
        (serde_json::from_str(&barrier(&json!("drained"), 601.0)).unwrap(), 400),
        (serde_json::from_str(&barrier(&json!("drained"), -1.0)).unwrap(), 400),
    ] {
        assert_eq!(running.admin("POST", "/barriers", body.to_string()).status, status, "{body}");
    }
}

#[test]
fn the_library_waits_in_the_same_way() {
    let running = started();
    thread::scope(|scope| {
        let wait =
            scope.spawn(|| running.emulator.wait_for(ORDERS, "billing", Condition::Available(1), LONG));
        running.publish("orders", "1");
        assert_eq!(wait.join().unwrap().unwrap().published, 1);
    });
    let drained = running.emulator.wait_for(ORDERS, "billing", Condition::Drained, Duration::ZERO);
    assert!(matches!(drained, Err(WaitError::TimedOut(stats)) if stats.queued == 1));
    let unknown = running.emulator.wait_for(ORDERS, "x", Condition::Drained, LONG);
    assert_eq!(unknown, Err(WaitError::UnknownSubscription));
}

#[test]
fn a_server_that_stops_lets_nobody_wait() {
    let Running { emulator, .. } = started();
    let admin = emulator.admin_endpoint().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let wait = thread::spawn(move || {
        let body = barrier(&json!({ "available": 1 }), 600.0);
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        let agent: ureq::Agent = config.build().into();
        let request = agent.post(format!("{admin}/barriers")).header("authorization", "Bearer of-the-admin");
        sender.send(()).unwrap();
        // Refused, if the server has ended before this came to it.
        request.send(body).map(|response| response.status().as_u16())
    });
    receiver.recv().unwrap();
    drop(emulator);
    assert!(!matches!(wait.join().unwrap(), Ok(200)));
}
