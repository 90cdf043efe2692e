//! The progress of an attempt, even if it failed.

use std::time::{Duration, Instant};

use eventgrid::TransportErrorKind::{Connect, Interrupted};

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Reserved, Script, Server};
use crate::subject::Adapter;
use crate::transport::{LARGE, OK, framings, noise};

rows![
    sent_is_the_whole_request,
    sent_is_a_part_of_a_request_that_broke_off,
    nothing_is_sent_without_a_connection,
    received_is_the_body_without_its_framing,
    received_is_what_came_of_a_body_that_broke_off,
    the_first_byte_has_its_time,
    the_first_byte_has_no_time_if_none_came,
];

fn sent_is_the_whole_request(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for length in [0, 1000, LARGE] {
        let server = Server::start([Script::new().respond(OK)]);
        let outcome = Exchange::publish_text(server.url(), "x".repeat(length)).send(&subject);
        outcome.assert_response(200, b"{}");
        let log = server.finish();
        let whole = log.requests[0].head_length + log.requests[0].body.len();
        assert!(outcome.progress.sent == whole as u64, "{} of {whole} bytes", outcome.progress.sent);
    }
}

fn sent_is_a_part_of_a_request_that_broke_off(adapter: Adapter) {
    let server = Server::start([Script::new().head().reset()]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish_text(server.url(), "x".repeat(LARGE)).send(&subject);
    outcome.assert_failure(Interrupted, true);
    let sent = outcome.progress.sent;
    assert!(sent > 0 && sent < LARGE as u64, "{sent} bytes");
    server.finish();
}

fn nothing_is_sent_without_a_connection(adapter: Adapter) {
    let nobody = Reserved::new();
    let outcome = Exchange::publish(nobody.url()).send(&adapter(&Options::default()));
    outcome.assert_failure(Connect, false);
    assert_eq!(outcome.progress.sent, 0);
}

fn received_is_the_body_without_its_framing(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for length in [0, 5000] {
        for bytes in framings(200, &noise(length)) {
            let server = Server::start([Script::new().respond(bytes).close()]);
            let outcome = Exchange::publish(server.url()).send(&subject);
            outcome.assert_response(200, &noise(length));
            assert_eq!(outcome.progress.received, length as u64);
            server.finish();
        }
    }
}

fn received_is_what_came_of_a_body_that_broke_off(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for (framing, body) in
        [("Content-Length: 10", "hello"), ("Transfer-Encoding: chunked", "3\r\nhel\r\n2\r\nlo\r\n")]
    {
        let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        let server = Server::start([Script::new().respond(head + body).close()]);
        let outcome = Exchange::publish(server.url()).send(&subject);
        outcome.assert_failure(Interrupted, true);
        assert_eq!((outcome.progress.received, &outcome.body[..]), (5, &b"hello"[..]));
        server.finish();
    }
}

/// Both the server's pause and the call are measured here; only their order is asserted, with room
/// for a machine that lets this thread wait.
fn the_first_byte_has_its_time(adapter: Adapter) {
    const PAUSE: Duration = Duration::from_millis(50);
    const LONG_PAUSE: Duration = Duration::from_secs(2);
    /// What a clock of whole milliseconds may be off.
    const ROUNDING: Duration = Duration::from_millis(2);
    let (first, rest) = OK.split_at(1);
    let script = Script::new().request().sleep(PAUSE).write(first).sleep(LONG_PAUSE).write(rest);
    let server = Server::start([script]);
    let subject = adapter(&Options::default());
    let start = Instant::now();
    let outcome = Exchange::publish(server.url()).send(&subject);
    let took = start.elapsed();
    outcome.assert_response(200, b"{}");
    let first_byte = outcome.progress.first_byte.expect("the transport has a clock");
    assert!(first_byte + ROUNDING >= PAUSE, "{first_byte:?} is before the server wrote it");
    assert!(first_byte + LONG_PAUSE / 4 <= took, "{first_byte:?} of {took:?} is not the first byte");
    server.finish();
}

fn the_first_byte_has_no_time_if_none_came(adapter: Adapter) {
    let server = Server::start([Script::new().request().close()]);
    let outcome = Exchange::publish(server.url()).send(&adapter(&Options::default()));
    outcome.assert_failure(Interrupted, true);
    assert_eq!(outcome.progress.first_byte, None);
    server.finish();
}
