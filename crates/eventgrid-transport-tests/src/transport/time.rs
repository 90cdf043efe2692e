//! How long is waited, and for what. Limits that must not be reached are many times as long as what
//! they limit.

use std::time::Duration;

use eventgrid::Limits;
use eventgrid::TransportErrorKind::Timeout;

use crate::exchange::{Exchange, Outcome};
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::transport::{LARGE, OK};

rows![
    a_response_held_back_on_purpose_is_waited_for,
    a_response_that_does_not_come,
    a_response_that_stops_in_its_body,
    the_response_is_waited_for_after_the_last_byte_was_sent,
    a_request_that_goes_out_slowly_is_not_idle,
    a_request_that_the_server_does_not_read,
    a_body_that_trickles_is_not_idle,
    a_body_that_trickles_ends_with_the_total,
    a_body_that_trickles_below_the_lowest_rate,
    a_body_above_the_lowest_rate,
    the_limits_of_the_request_go_before_those_of_the_transport,
];

const SHORT: Duration = Duration::from_millis(100);
/// Long enough for a thread that has to wait for its processor.
const LONG: Duration = Duration::from_secs(3);
/// So many pieces at that pace take a third longer than [`LONG`].
const PIECES: usize = 125;
const PACE: Duration = Duration::from_millis(32);
const BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{";

/// The server responds when the limit alone has passed, but not the wait time.
fn a_response_held_back_on_purpose_is_waited_for(adapter: Adapter) {
    let server = Server::start([Script::new().request().sleep(SHORT * 4).write(OK)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_response(SHORT)));
    Exchange::receive(server.url(), Duration::from_secs(60)).send(&subject).assert_response(200, b"{}");
    server.finish();
}

fn a_response_that_does_not_come(adapter: Adapter) {
    let gate = Gate::new();
    let server = Server::start([Script::new().request().wait(&gate).write(OK), Script::new().respond(OK)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_response(SHORT)));
    Exchange::receive(server.url(), SHORT).send(&subject).assert_failure(Timeout, true);
    gate.open();
    // The late response is not taken for that of the next request.
    let outcome = Exchange::receive(server.url(), Duration::from_secs(60)).send(&subject);
    outcome.assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}

fn a_response_that_stops_in_its_body(adapter: Adapter) {
    let gate = Gate::new();
    let body = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let server = Server::start([Script::new().respond(body).wait(&gate)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_idle(SHORT)));
    Exchange::publish(server.url()).send(&subject).assert_failure(Timeout, true);
    gate.open();
    assert_eq!(server.finish().requests.len(), 1);
}

/// Sends a request whose body takes longer than [`LONG`] to go out.
///
/// What the network takes in ahead of the pieces is less than the rest. A system may let the client
/// write again when a third of its buffer is free, 1.4 MB of 4 MiB: half a second at this pace.
fn send_slowly(adapter: Adapter, limits: Limits) {
    let slow = Script::new().request_slowly(PIECES, LARGE / 200, PACE).write(OK);
    let server = Server::start([slow]);
    let subject = adapter(&Options::with_limits(limits));
    Exchange::publish_text(server.url(), "x".repeat(LARGE)).send(&subject).assert_response(200, b"{}");
    assert!(server.finish().requests[0].body.len() > LARGE);
}

fn the_response_is_waited_for_after_the_last_byte_was_sent(adapter: Adapter) {
    send_slowly(adapter, Limits::new().with_response(LONG));
}

fn a_request_that_goes_out_slowly_is_not_idle(adapter: Adapter) {
    send_slowly(adapter, Limits::new().with_idle(LONG));
}

fn a_request_that_the_server_does_not_read(adapter: Adapter) {
    let gate = Gate::new();
    let server = Server::start([Script::new().head().wait(&gate), Script::new().respond(OK)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_idle(SHORT)));
    let outcome = Exchange::publish_text(server.url(), "x".repeat(LARGE)).send(&subject);
    outcome.assert_failure(Timeout, true);
    let sent = outcome.progress.sent;
    assert!(sent > 0 && sent < LARGE as u64, "{sent} bytes");
    gate.open();
    let exchange = Exchange::publish(server.url()).with_limits(Options::PATIENCE);
    exchange.send(&subject).assert_response(200, b"{}");
    server.finish();
}

fn a_body_that_trickles_is_not_idle(adapter: Adapter) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {PIECES}\r\n\r\n");
    let script = (0..PIECES).fold(Script::new().respond(head), |script, _| script.sleep(PACE).write("x"));
    let server = Server::start([script]);
    let subject = adapter(&Options::with_limits(Limits::new().with_idle(LONG)));
    Exchange::publish(server.url()).send(&subject).assert_response(200, "x".repeat(PIECES).as_bytes());
    server.finish();
}

/// A body that comes byte by byte and would take hours, to a transport without limits of its own.
fn trickle(adapter: Adapter, limits: Limits) -> Outcome {
    let none = Limits::new().with_response(Duration::MAX).with_idle(Duration::MAX);
    let server = Server::start([Script::new().respond(BODY).trickle(" ", PACE), Script::new().respond(OK)]);
    let subject = adapter(&Options::with_limits(none));
    let outcome = Exchange::publish(server.url()).with_limits(limits).send(&subject);
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    assert_eq!(server.finish().connections, 2);
    outcome
}

fn a_body_that_trickles_ends_with_the_total(adapter: Adapter) {
    trickle(adapter, Limits::new().with_total(LONG)).assert_failure(Timeout, true);
}

fn a_body_that_trickles_below_the_lowest_rate(adapter: Adapter) {
    let limits = Limits::new().with_idle(SHORT).with_lowest_rate(10_000);
    trickle(adapter, limits).assert_failure(Timeout, true);
}

fn a_body_above_the_lowest_rate(adapter: Adapter) {
    let piece = "x".repeat(2000);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", PIECES * piece.len());
    let script = (0..PIECES).fold(Script::new().respond(head), |script, _| script.sleep(PACE).write(&piece));
    let server = Server::start([script]);
    // A sixtieth of what comes.
    let limits = Limits::new().with_idle(LONG).with_lowest_rate(1000);
    let outcome = Exchange::publish(server.url()).with_limits(limits).send(&adapter(&Options::default()));
    outcome.assert_response(200, piece.repeat(PIECES).as_bytes());
    server.finish();
}

fn the_limits_of_the_request_go_before_those_of_the_transport(adapter: Adapter) {
    let none = Limits::new();
    // Shorter ones.
    for (bytes, limits) in [("", none.with_response(SHORT)), (BODY, none.with_idle(SHORT))] {
        let gate = Gate::new();
        let server = Server::start([Script::new().respond(bytes).wait(&gate)]);
        let exchange = Exchange::publish(server.url()).with_limits(limits);
        exchange.send(&adapter(&Options::default())).assert_failure(Timeout, true);
        gate.open();
        server.finish();
    }
    // Longer ones.
    let (head, body) = OK.split_at(OK.len() - 1);
    let late = Script::new().request().sleep(SHORT * 3).write(head).sleep(SHORT * 3).write(body);
    let server = Server::start([late]);
    let minute = Duration::from_secs(60);
    let subject = adapter(&Options::with_limits(none.with_response(SHORT).with_idle(SHORT)));
    let exchange = Exchange::publish(server.url()).with_limits(none.with_response(minute).with_idle(minute));
    exchange.send(&subject).assert_response(200, b"{}");
    server.finish();
}
