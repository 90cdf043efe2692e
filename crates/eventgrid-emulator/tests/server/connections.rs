//! Connections: kept, shared, dropped, refused.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use eventgrid_emulator::{Emulator, RunningEmulator};

use crate::http_client::{Connection, PATIENCE, PUBLISH, RECEIVE};

fn start() -> RunningEmulator {
    let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    builder.start("127.0.0.1:0").unwrap()
}

/// Waits until the server has come to where a request under way is about to bring it.
pub(crate) fn until(is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "it never comes to it");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_connection_serves_many_requests_and_outlives_refusals() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    connection.send("/topics/fake:publish?api-version=2024-06-01", "application/cloudevents+json", "{}");
    let reply = connection.reply();
    assert_eq!((reply.status, reply.header("broker-errorcode")), (404, Some("NotFound")));
    connection.send(RECEIVE, "application/json", "");
    let reply = connection.reply();
    assert_eq!((reply.status, reply.events()), (200, 1));
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(reply.header("date").is_some());
    assert_eq!(emulator.stats("orders", "billing").unwrap().locked, 1);
    assert_eq!(emulator.stats("orders", "fake"), None);
}

#[test]
fn the_endpoint_is_where_it_listens() {
    let emulator = start();
    assert_eq!(emulator.endpoint(), format!("http://127.0.0.1:{}", emulator.address().port()));
    assert_eq!(emulator.key(), "c2VjcmV0");
    assert!(!format!("{emulator:?}").contains("c2VjcmV0"));
}

#[test]
fn a_waiting_receive_gets_what_is_published() {
    let emulator = start();
    let mut consumer = Connection::open(emulator.address());
    consumer.send(&format!("{RECEIVE}&maxWaitTime=120&maxEvents=100"), "application/json", "");
    until(|| emulator.waiting() == 1);
    Connection::open(emulator.address()).publish("1");
    assert_eq!(consumer.reply().events(), 1);
}

#[test]
fn a_waiting_receive_gets_an_event_whose_lock_ends() {
    let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    let emulator = builder.lock_duration(Duration::from_millis(50)).start("127.0.0.1:0").unwrap();
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    for _ in 1..=10 {
        connection.send(RECEIVE, "application/json", "");
        assert_eq!(connection.reply().events(), 1);
    }
    until(|| emulator.stats("orders", "billing").unwrap().exhausted == 1);
}

#[test]
fn a_client_that_hangs_up_takes_no_events() {
    let emulator = start();
    let mut gone = Connection::open(emulator.address());
    gone.send(RECEIVE, "application/json", "");
    until(|| emulator.waiting() == 1);
    drop(gone);
    until(|| emulator.waiting() == 0);
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    assert_eq!(emulator.stats("orders", "billing").unwrap().deliveries, 0);
    connection.send(RECEIVE, "application/json", "");
    assert_eq!(connection.reply().events(), 1);
}

#[test]
fn many_wait_at_once_and_each_event_goes_to_one() {
    let emulator = start();
    let mut consumers: Vec<_> = (0..50).map(|_| Connection::open(emulator.address())).collect();
    for consumer in &mut consumers {
        consumer.send(RECEIVE, "application/json", "");
    }
    until(|| emulator.waiting() == 50);
    let mut publisher = Connection::open(emulator.address());
    for number in 0..50 {
        publisher.publish(&number.to_string());
    }
    for consumer in &mut consumers {
        assert_eq!(consumer.reply().events(), 1);
    }
    assert_eq!(emulator.stats("orders", "billing").unwrap().deliveries, 50);
}

#[test]
fn a_body_that_is_too_large_gets_a_response() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    connection.send(PUBLISH, "application/cloudevents+json", &" ".repeat(5_000_000));
    let reply = connection.reply();
    assert_eq!((reply.status, reply.header("broker-errorcode")), (413, Some("RequestEntityTooLarge")));
    connection.publish("1");
}

#[test]
fn chunked_bodies_are_taken() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    connection.write(format!(
        "POST {PUBLISH} HTTP/1.1\r\nhost: emulator\r\naeg-sas-key: c2VjcmV0\r\ntransfer-encoding: chunked\r\n\
         content-type: application/cloudevents-batch+json\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n"
    ));
    assert_eq!(connection.reply().status, 200);
}

#[test]
fn what_is_not_http_ends_its_own_connection_alone() {
    let emulator = start();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01"[..],
        b"GARBAGE\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut connection = Connection::open(emulator.address());
        connection.write(bytes);
        let response = connection.end();
        assert!(response.is_empty() || response.starts_with("HTTP/1.1 400"), "{response}");
    }
    // Half a request, and nobody there any more.
    let mut half = Connection::open(emulator.address());
    half.write(format!("POST {PUBLISH} HTTP/1.1\r\nhost: emulator\r\ncontent-length: 10\r\n\r\n[]"));
    drop(half);
    Connection::open(emulator.address()).publish("1");
}

#[test]
fn stopping_ends_receives_that_wait_and_frees_the_port() {
    let emulator = start();
    let address = emulator.address();
    let mut idle = Connection::open(address);
    idle.send("/", "application/json", "");
    assert_eq!(idle.reply().status, 404);
    let mut waiting = Connection::open(address);
    waiting.send(RECEIVE, "application/json", "");
    until(|| emulator.waiting() == 1);
    emulator.shutdown();
    let reply = waiting.reply();
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"value":[]}"#));
    assert_eq!(waiting.end(), "");
    assert_eq!(idle.end(), "");
    // Somebody else may take a port that is free, but not each time.
    assert!((0..10).any(|_| {
        let emulator = start();
        let address = emulator.address();
        emulator.shutdown();
        TcpListener::bind(address).is_ok()
    }));
}

#[test]
fn an_address_in_use_is_an_error() {
    let emulator = start();
    let error = Emulator::builder().start(emulator.address()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let error = Emulator::builder().key("").start("127.0.0.1:0").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "an access key is empty");
}

#[test]
fn two_run_side_by_side() {
    let (first, second) = (start(), start());
    let publish = |address: SocketAddr| Connection::open(address).publish("1");
    publish(first.address());
    assert_eq!(first.stats("orders", "billing").unwrap().queued, 1);
    assert_eq!(second.stats("orders", "billing").unwrap().queued, 0);
}
