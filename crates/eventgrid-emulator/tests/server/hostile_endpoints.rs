//! Endpoints that misbehave: no event is lost, and no other endpoint has to wait.

use std::time::Duration;

use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_emulator::{Condition, DeliveryCriteria, RunningEmulator};

use crate::http_client::PATIENCE;
use crate::pushes::{GRID, builder, endpoint, publish_basic, stats, subscribe, wait_until_drained};
use crate::sink::{Behaviour, Sink};

/// More than are under way at once.
const EVENTS: usize = 40;

fn kept(stats: &SubscriptionStats) -> u64 {
    stats.queued + stats.locked + stats.delayed
}

/// An emulator that pushes to an endpoint that behaves so, and to one that takes all.
fn beside_a_good_one(behaviour: Behaviour) -> (RunningEmulator, Sink, Sink) {
    let (hostile, good) = (Sink::start(move |_| behaviour.clone()), Sink::taking_all());
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, GRID, "hostile", endpoint(&hostile.url()));
    subscribe(&emulator, GRID, "good", endpoint(&good.url()));
    (emulator, hostile, good)
}

#[test]
fn an_endpoint_that_does_not_end_its_response_holds_up_nobody_else() {
    let in_head = "HTTP/1.1 200 OK\r\nContent-Le";
    let in_body = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx";
    for behaviour in [Behaviour::Hang(""), Behaviour::Hang(in_head), Behaviour::Hang(in_body)] {
        let (emulator, hostile, good) = beside_a_good_one(behaviour);
        publish_basic(&emulator, EVENTS);
        wait_until_drained(&emulator, GRID, "good");
        assert_eq!(good.received().len(), EVENTS);
        // Those under way, and no more; and all of them are still there.
        assert_eq!(hostile.wait_for(16).len(), 16);
        let stats = stats(&emulator, GRID, "hostile");
        assert_eq!((stats.locked, kept(&stats)), (16, EVENTS as u64));
    }
}

#[test]
fn an_endpoint_in_place_of_one_that_does_not_respond_gets_what_waits_at_once() {
    let (emulator, hostile, good) = beside_a_good_one(Behaviour::Hang(""));
    publish_basic(&emulator, EVENTS);
    wait_until_drained(&emulator, GRID, "good");
    assert_eq!(hostile.wait_for(16).len(), 16);
    let other = endpoint(&good.url());
    emulator.with(move |emulator| emulator.set_push_endpoint(GRID, "hostile", Some(other))).unwrap();
    assert_eq!(good.wait_for(2 * EVENTS - 16).len(), 2 * EVENTS - 16);
}

#[test]
fn a_moved_clock_does_not_wait_for_the_endpoint_of_an_event_subscription_that_is_gone() {
    let (emulator, hostile, _good) = beside_a_good_one(Behaviour::Hang(""));
    publish_basic(&emulator, 1);
    assert_eq!(hostile.wait_for(1).len(), 1);
    assert!(emulator.with(|emulator| emulator.remove_subscription(GRID, "hostile")));
    emulator.advance_clock(Duration::from_secs(60));
    let of_hostile = DeliveryCriteria::new().subscription("hostile");
    assert!(emulator.deliveries(&of_hostile).is_empty(), "it has not ended");
}

#[test]
fn a_response_that_does_not_come_in_time_is_a_failed_attempt() {
    let sink = Sink::start({
        let mut is_first = true;
        move |_| if std::mem::take(&mut is_first) { Behaviour::Hang("") } else { Behaviour::Status(200) }
    });
    let emulator = builder().push_timeout(Duration::from_millis(50)).start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, GRID, "audit", endpoint(&sink.url()));
    publish_basic(&emulator, 1);
    emulator.wait_for(GRID, "audit", Condition::Delayed(1), PATIENCE).unwrap();
    emulator.advance_clock(Duration::from_secs(12));
    assert_eq!((sink.received().len(), stats(&emulator, GRID, "audit").acknowledged), (2, 1));
}

#[test]
fn whatever_an_endpoint_sends_the_event_is_retried() {
    let long_header = format!("a: {}\r\n", "x".repeat(64 * 1024));
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(5000));
    for behaviour in [
        Behaviour::Reset,
        Behaviour::Bytes(Vec::new()),
        Behaviour::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx".to_vec()),
        Behaviour::Bytes(b"no HTTP at all\r\n\r\n".to_vec()),
        Behaviour::Bytes(b"\x16\x03\x01\x00\x05hello".to_vec()),
        Behaviour::Bytes(many_headers.into_bytes()),
        Behaviour::Full(200, long_header, String::new()),
        Behaviour::Endless("HTTP/1.1 200 OK\r\na: "),
        Behaviour::Endless("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"),
        Behaviour::Endless("HTTP/1.1 200 OK\r\n\r\n"),
        Behaviour::Status(500),
        Behaviour::Full(302, "Location: /elsewhere\r\n".to_owned(), String::new()),
        Behaviour::Full(307, "Location: http://127.0.0.1:1/\r\n".to_owned(), "moved".to_owned()),
    ] {
        let shown = format!("{behaviour:?}");
        let (emulator, hostile, good) = beside_a_good_one(behaviour);
        publish_basic(&emulator, EVENTS);
        wait_until_drained(&emulator, GRID, "good");
        assert_eq!(good.received().len(), EVENTS, "{shown}");
        let delayed = Condition::Delayed(EVENTS as u64);
        let stats = emulator.wait_for(GRID, "hostile", delayed, PATIENCE).expect(&shown);
        assert_eq!((stats.acknowledged, kept(&stats)), (0, EVENTS as u64), "{shown}");
        let requests = hostile.received();
        // A kept connection that broke before a response leads to a second request of one attempt.
        assert!(requests.iter().all(|it| it.target == "/events?code=s3cret"), "{shown}");
        assert!(requests.len() <= 2 * EVENTS, "{shown}");
    }
}

#[test]
fn an_endpoint_that_closes_its_connections_without_a_word_gets_every_event() {
    let sink = Sink::start(|_| Behaviour::StatusAndClose(200));
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, GRID, "audit", endpoint(&sink.url()));
    publish_basic(&emulator, 200);
    wait_until_drained(&emulator, GRID, "audit");
    let stats = stats(&emulator, GRID, "audit");
    assert_eq!((stats.acknowledged, stats.deliveries), (200, 200), "none is a failed attempt");
}

#[test]
fn an_endpoint_that_is_not_there_costs_an_attempt() {
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    // A port that was just free.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    subscribe(&emulator, GRID, "gone", endpoint(&format!("http://{address}/")));
    subscribe(&emulator, GRID, "unknown", endpoint("http://no-such-host.invalid/"));
    publish_basic(&emulator, 1);
    for name in ["gone", "unknown"] {
        let stats = emulator.wait_for(GRID, name, Condition::Delayed(1), PATIENCE).unwrap();
        assert_eq!(stats.deliveries, 1, "{name}");
    }
}
