//! Handshakes of a server: no endpoint gets events before it has consented.

use std::time::Duration;

use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::eventgrid_push::DeliverySchema;
use eventgrid_emulator::{
    DeliveryCriteria, DeliveryKind, HandshakeState, HandshakeStatus, NextDelivery, RunningEmulator, Target,
};
use serde_json::Value;

use crate::http_client::Connection;
use crate::pushes::{GRID, ORDERS, builder, publish, publish_basic, stats, subscribe, wait_until_drained};
use crate::sink::{Behaviour, Received, Sink};

fn endpoint(sink: &Sink) -> PushEndpoint {
    PushEndpoint::new(&sink.url()).unwrap()
}

fn handshake(emulator: &RunningEmulator, target: Target<'static>) -> HandshakeStatus {
    emulator.with(move |emulator| emulator.handshake(target, "audit")).unwrap()
}

/// Waits until the handshake is in that state: it is, soon after the endpoint has responded.
fn wait_until(emulator: &RunningEmulator, target: Target<'static>, state: HandshakeState) {
    while handshake(emulator, target).state != state {
        std::thread::yield_now();
    }
}

/// A member of the data of a validation.
fn validation(request: &Received, member: &str) -> String {
    assert_eq!(request.header("aeg-event-type"), "SubscriptionValidation");
    let events: Value = serde_json::from_str(&request.body).unwrap();
    events[0]["data"][member].as_str().unwrap().to_owned()
}

/// Calls the URL of a handshake, and returns the status.
fn call(url: &str) -> u16 {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut connection = Connection::open(address.parse().unwrap());
    connection.write(format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\n\r\n"));
    connection.reply().status
}

fn echo_code(request: &Received) -> Behaviour {
    if request.header("aeg-event-type") != "SubscriptionValidation" {
        return Behaviour::Status(200);
    }
    let code = validation(request, "validationCode");
    Behaviour::Full(200, String::new(), format!(r#"{{"validationResponse":"{code}"}}"#))
}

#[test]
fn an_endpoint_that_sends_the_code_back_gets_the_events_that_waited() {
    let sink = Sink::start(echo_code);
    let emulator = builder().start("127.0.0.1:0").unwrap();
    subscribe(&emulator, GRID, "audit", endpoint(&sink));
    publish_basic(&emulator, 1);
    wait_until_drained(&emulator, GRID, "audit");
    let kinds: Vec<_> = sink.received().iter().map(|it| it.header("aeg-event-type").to_owned()).collect();
    assert_eq!(kinds, ["SubscriptionValidation", "Notification"]);
    let status = handshake(&emulator, GRID);
    assert_eq!((status.state, status.attempts, status.failure), (HandshakeState::Active, 1, None));
}

#[test]
fn cloud_events_are_asked_for_by_options() {
    let sink = Sink::start(|request| match &*request.method {
        "OPTIONS" => {
            assert_eq!(request.header("webhook-request-origin"), "eventgrid.azure.net");
            assert_eq!(request.header("webhook-request-callback"), "", "a namespace has none");
            Behaviour::Full(200, "WebHook-Allowed-Origin: *\r\n".to_owned(), String::new())
        }
        _ => Behaviour::Status(204),
    });
    let emulator = builder().start("127.0.0.1:0").unwrap();
    subscribe(&emulator, ORDERS, "audit", endpoint(&sink));
    publish(&emulator, &["1"]);
    wait_until_drained(&emulator, ORDERS, "audit");
    let methods: Vec<_> = sink.received().into_iter().map(|it| it.method).collect();
    assert_eq!(methods, ["OPTIONS", "POST"]);
}

#[test]
fn an_endpoint_that_does_not_consent_is_asked_again_and_events_are_kept() {
    let sink = Sink::start({
        let mut refusals = 2;
        move |request| {
            refusals -= i32::from(refusals > 0);
            if refusals > 0 { Behaviour::Status(404) } else { echo_code(request) }
        }
    });
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, GRID, "audit", endpoint(&sink));
    publish_basic(&emulator, 3);
    wait_until(&emulator, GRID, HandshakeState::Failed);
    let status = handshake(&emulator, GRID);
    let now = emulator.clock().time;
    assert_eq!(status.next.unwrap().saturating_since(now), Duration::from_secs(5));
    assert!(status.failure.unwrap().contains("has the status 404"));
    assert_eq!((sink.received().len(), stats(&emulator, GRID, "audit").queued), (1, 3));

    emulator.advance_clock(Duration::from_secs(5));
    wait_until_drained(&emulator, GRID, "audit");
    assert_eq!(stats(&emulator, GRID, "audit").acknowledged, 3);
    let log = emulator.deliveries(&DeliveryCriteria::new().topic("basicTopic:grid").subscription("audit"));
    let handshakes: Vec<_> = log.iter().filter(|it| it.kind == DeliveryKind::Handshake).collect();
    assert_eq!((handshakes.len(), handshakes[0].status, handshakes[1].attempt), (2, Some(404), 2));
    assert!(matches!(handshakes[0].next, Some(NextDelivery::Retry(_))));
    assert_eq!(handshakes[1].next, Some(NextDelivery::Done));
}

#[test]
fn an_endpoint_may_consent_by_the_url_within_five_minutes() {
    let sink = Sink::taking_all();
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    subscribe(&emulator, GRID, "audit", endpoint(&sink));
    publish_basic(&emulator, 1);
    let url = validation(&sink.wait_for(1)[0], "validationUrl");
    assert!(url.starts_with(&emulator.endpoint()), "{url}");
    while handshake(&emulator, GRID).next.is_some()
        || emulator.deliveries(&DeliveryCriteria::new()).is_empty()
    {
        std::thread::yield_now();
    }
    assert_eq!(handshake(&emulator, GRID).state, HandshakeState::Waiting);
    assert_eq!(call(&format!("{}/emulator/handshake?code=other", emulator.endpoint())), 400);

    // Its time is over, and another one is made.
    emulator.advance_clock(Duration::from_secs(301));
    assert_eq!(call(&url), 400);
    assert!(handshake(&emulator, GRID).failure.unwrap().contains("within five minutes"));
    emulator.advance_clock(Duration::from_secs(5));
    let again = validation(&sink.wait_for(2)[1], "validationUrl");
    assert_ne!(again, url);
    assert_eq!((call(&again), call(&again)), (200, 400), "once");
    wait_until_drained(&emulator, GRID, "audit");
    assert_eq!(sink.received().len(), 3);
}

#[test]
fn the_url_may_be_called_with_a_body() {
    let long = format!("Content-Length: 20000\r\n\r\n{}", "x".repeat(20_000));
    for body in ["Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", long.as_str()]
    {
        let sink = Sink::taking_all();
        let emulator = builder().start("127.0.0.1:0").unwrap();
        subscribe(&emulator, GRID, "audit", endpoint(&sink));
        let url = validation(&sink.wait_for(1)[0], "validationUrl");
        let path = url.strip_prefix(&emulator.endpoint()).unwrap();
        let mut connection = Connection::open(emulator.address());
        connection.write(format!("POST {path} HTTP/1.1\r\nHost: emulator\r\n{body}"));
        let reply = connection.reply();
        assert_eq!(
            (reply.status, &*reply.body),
            (200, r#"{"status":"active"}"#),
            "{:?}",
            body.lines().next()
        );
        assert_eq!(handshake(&emulator, GRID).state, HandshakeState::Active);
    }
}

#[test]
fn another_endpoint_is_asked_anew() {
    let (first, second) = (Sink::start(echo_code), Sink::start(|_| Behaviour::Status(500)));
    let emulator = builder().push_callback("http://emulator.test:6500/").start("127.0.0.1:0").unwrap();
    subscribe(&emulator, GRID, "audit", endpoint(&first));
    wait_until(&emulator, GRID, HandshakeState::Active);
    let url = validation(&first.received()[0], "validationUrl");
    assert!(url.starts_with("http://emulator.test:6500/emulator/handshake?code="), "{url}");

    let other = endpoint(&second);
    emulator.with(move |emulator| emulator.set_push_endpoint(GRID, "audit", Some(other))).unwrap();
    wait_until(&emulator, GRID, HandshakeState::Failed);
    let custom = endpoint(&first).with_schema(DeliverySchema::CloudEvents);
    emulator.with(move |emulator| emulator.set_push_endpoint(GRID, "audit", Some(custom))).unwrap();
    let asked = first.wait_for(2).remove(1);
    assert_eq!(asked.method, "OPTIONS");
    assert!(asked.header("webhook-request-callback").starts_with("http://emulator.test:6500/"));
}

#[test]
fn an_endpoint_that_may_not_be_a_target_is_named_in_the_log() {
    let emulator = builder().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    // Of a range for documentation, so nobody is there.
    let foreign = PushEndpoint::new("http://192.0.2.1:9/hook?code=s3cret").unwrap();
    subscribe(&emulator, GRID, "audit", foreign);
    publish_basic(&emulator, 1);
    wait_until(&emulator, GRID, HandshakeState::Failed);
    let failure = handshake(&emulator, GRID).failure.unwrap();
    assert!(failure.contains("192.0.2.1 and not this machine: allow the host by its name"), "{failure}");
    let delivery = emulator.deliveries(&DeliveryCriteria::new()).remove(0);
    assert_eq!((&*delivery.endpoint, delivery.status), ("http://192.0.2.1:9/hook", None));
    assert_eq!(stats(&emulator, GRID, "audit").queued, 1);
}
