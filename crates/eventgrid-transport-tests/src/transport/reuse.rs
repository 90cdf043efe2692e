//! When a connection is used again, and when a request is not.

use std::time::Duration;

use eventgrid::TransportErrorKind::Interrupted;

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::transport::{OK, chunked_response, response};

rows![
    a_connection_is_used_again,
    whether_the_response_is_held_back_or_not,
    large_requests_and_responses_follow_each_other,
    a_connection_that_the_server_gives_up_is_not,
    a_kept_connection_that_was_closed_is_no_error,
    nothing_is_sent_again_on_another_connection,
];

fn a_connection_is_used_again(adapter: Adapter) {
    let responses = [
        response(200, "{}"),
        response(404, "none"),
        chunked_response(503, b"busy"),
        response(500, ""),
        response(200, "{}"),
    ];
    let script = responses.iter().fold(Script::new(), Script::respond);
    let server = Server::start([script]);
    let subject = adapter(&Options::default());
    for (status, body) in [(200, "{}"), (404, "none"), (503, "busy"), (500, ""), (200, "{}")] {
        Exchange::publish(server.url()).send(&subject).assert_response(status, body.as_bytes());
    }
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 5));
}

fn whether_the_response_is_held_back_or_not(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK).respond(OK).respond(OK)]);
    let subject = adapter(&Options::default());
    for hold in [10, 60] {
        let receive = Exchange::receive(server.url(), Duration::from_secs(hold));
        receive.send(&subject).assert_response(200, b"{}");
    }
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 3));
}

/// What was read last filled its buffer, so that some sockets still take it for unread when the
/// next request begins.
fn large_requests_and_responses_follow_each_other(adapter: Adapter) {
    let server = Server::start([Script::new().echo()]);
    let subject = adapter(&Options::default());
    for length in [1 << 20, (1 << 20) + 1, 1 << 20] {
        let outcome = Exchange::publish_text(server.url(), "x".repeat(length)).send(&subject);
        assert!(outcome.result.is_ok(), "{:?}", outcome.result);
        assert!(outcome.body.len() > length);
    }
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 3));
}

fn a_connection_that_the_server_gives_up_is_not(adapter: Adapter) {
    let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    let server = Server::start([Script::new().respond(last), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    for _ in 0..2 {
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    }
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}

fn a_kept_connection_that_was_closed_is_no_error(adapter: Adapter) {
    let (responded, closed) = (Gate::new(), Gate::new());
    let server = Server::start([
        Script::new().respond(OK).wait(&responded).close().open(&closed),
        Script::new().respond(OK),
    ]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    responded.open();
    closed.wait();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2));
}

/// The tempting case: the connection was an old one, so perhaps the server had never wanted this
/// request.
fn nothing_is_sent_again_on_another_connection(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK).request().close(), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    Exchange::publish(server.url()).send(&subject).assert_failure(Interrupted, true);
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 2));
}
