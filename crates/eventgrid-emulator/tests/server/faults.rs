//! Injected faults as a client sees them.

use std::time::Duration;

use eventgrid_emulator::{
    Emulator, Fault, FaultCondition, FaultEffect, Operation, ResetPoint, RunningEmulator,
};

use crate::http_client::{Connection, PUBLISH, RECEIVE};

fn start(operation: Operation, effect: FaultEffect) -> RunningEmulator {
    let emulator = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    let emulator = emulator.start("127.0.0.1:0").unwrap();
    let fault = Fault::new(FaultCondition::new().operation(operation).count(1), effect);
    emulator.with(move |emulator| emulator.set_faults(vec![fault], Some(1))).unwrap();
    emulator
}

const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}"#;

fn publish(connection: &mut Connection) {
    connection.send(PUBLISH, "application/cloudevents+json", EVENT);
}

fn published(emulator: &RunningEmulator) -> u64 {
    emulator.stats("orders", "billing").unwrap().published
}

#[test]
fn a_status_comes_with_its_headers_and_body_and_the_request_is_not_done() {
    let effect = FaultEffect::new().status(429).header("Retry-After", "7");
    let emulator = start(Operation::Publish, effect.clone().body("busy"));
    let mut connection = Connection::open(emulator.address());
    publish(&mut connection);
    let reply = connection.reply();
    assert_eq!((reply.status, reply.header("retry-after"), &*reply.body), (429, Some("7"), "busy"));
    assert_eq!(published(&emulator), 0);
    connection.publish("the fault is used up");

    let emulator = start(Operation::Publish, effect);
    let mut connection = Connection::open(emulator.address());
    publish(&mut connection);
    let reply = connection.reply();
    assert_eq!(reply.header("broker-errorcode"), Some("TooManyRequests"));
    assert!(reply.body.contains("The emulator was told to inject this fault."), "{}", reply.body);
}

#[test]
fn a_connection_is_reset_before_the_request_or_the_response() {
    for (point, done) in [(ResetPoint::BeforeRequest, 0), (ResetPoint::BeforeResponse, 1)] {
        let emulator = start(Operation::Publish, FaultEffect::new().reset(point));
        let mut connection = Connection::open(emulator.address());
        publish(&mut connection);
        assert_eq!(connection.end_by_reset(), "", "{point:?}");
        assert_eq!(published(&emulator), done, "{point:?}");
    }
}

#[test]
fn a_connection_is_reset_in_the_body_or_after_it() {
    let emulator = start(Operation::Publish, FaultEffect::new().reset(ResetPoint::InBody));
    let mut connection = Connection::open(emulator.address());
    publish(&mut connection);
    let received = connection.end_by_reset();
    assert!(received.starts_with("HTTP/1.1 200 OK\r\n") && received.contains("content-length: 2\r\n"));
    assert!(received.ends_with("\r\n\r\n{"), "{received}");

    let emulator = start(Operation::Publish, FaultEffect::new().reset(ResetPoint::AfterBody));
    let mut connection = Connection::open(emulator.address());
    publish(&mut connection);
    let received = connection.end_by_reset();
    assert!(received.ends_with("\r\n\r\n{}"), "{received}");
    assert_eq!(published(&emulator), 1);
}

#[test]
fn a_truncated_body_ends_before_the_length_that_was_promised() {
    let emulator = start(Operation::Receive, FaultEffect::new().truncate_after(9));
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    connection.send(RECEIVE, "application/json", "");
    let received = connection.end();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "{\"value\":");
    assert!(!head.contains("content-length: 9"), "{head}");
    let stats = emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.locked, stats.queued), (1, 0), "it was delivered as far as the service knows");
}

#[test]
fn a_slow_body_comes_whole_and_the_connection_goes_on() {
    let emulator = start(Operation::Receive, FaultEffect::new().bytes_per_second(10_000));
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    connection.send(RECEIVE, "application/json", "");
    assert_eq!(connection.reply().events(), 1);
    connection.publish("2");
    assert_eq!(emulator.stats("orders", "billing").unwrap().locked, 1);
}

#[test]
fn events_of_a_slow_body_go_back_if_their_client_goes() {
    let emulator = start(Operation::Receive, FaultEffect::new().bytes_per_second(1));
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    connection.send(RECEIVE, "application/json", "");
    while !connection.line().is_empty() {}
    assert_eq!(connection.byte(), b'{');
    assert_eq!(emulator.stats("orders", "billing").unwrap().locked, 1);
    drop(connection);
    crate::connections::until(|| emulator.stats("orders", "billing").unwrap().queued == 1);
}

#[test]
fn a_delayed_response_comes_and_others_do_not_wait_for_it() {
    let emulator = start(Operation::Publish, FaultEffect::new().delay(Duration::from_millis(20)));
    let mut delayed = Connection::open(emulator.address());
    publish(&mut delayed);
    assert_eq!(delayed.reply().status, 200);

    let emulator = start(Operation::Publish, FaultEffect::new().delay(Duration::from_secs(3600)));
    let mut delayed = Connection::open(emulator.address());
    publish(&mut delayed);
    crate::connections::until(|| published(&emulator) == 1);
    Connection::open(emulator.address()).publish("2");
}

#[test]
fn events_of_a_delayed_response_go_back_if_their_client_goes() {
    let hour = Duration::from_secs(3600);
    let emulator = start(Operation::Receive, FaultEffect::new().delay(hour));
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    connection.send(RECEIVE, "application/json", "");
    crate::connections::until(|| emulator.stats("orders", "billing").unwrap().locked == 1);
    drop(connection);
    crate::connections::until(|| emulator.stats("orders", "billing").unwrap().queued == 1);
}

#[test]
fn events_come_twice_and_locks_are_lost_over_http() {
    let emulator = start(Operation::Receive, FaultEffect::new().duplicate_delivery());
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    for _ in 0..2 {
        connection.send(RECEIVE, "application/json", "");
        assert!(connection.reply().body.contains(r#""id":"1""#));
    }
    let emulator = start(Operation::Receive, FaultEffect::new().lose_lock());
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    for count in 1..=2 {
        connection.send(RECEIVE, "application/json", "");
        assert!(connection.reply().body.contains(&format!("\"deliveryCount\":{count}")));
    }
}

#[test]
fn a_receive_that_waits_meets_its_fault_when_it_gets_its_response() {
    let emulator = start(Operation::Receive, FaultEffect::new().truncate_after(3));
    let mut waiting = Connection::open(emulator.address());
    waiting.send(RECEIVE, "application/json", "");
    crate::connections::until(|| emulator.waiting() == 1);
    Connection::open(emulator.address()).publish("1");
    assert!(waiting.end().ends_with("\r\n\r\n{\"v"));
}
