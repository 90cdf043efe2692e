//! Responses that break off, and bytes that are not a response.

use eventgrid::TransportErrorKind::{Interrupted, Other};

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    closed_before_the_head,
    reset_before_the_head,
    broken_off_in_the_head,
    a_body_shorter_than_its_length,
    a_chunked_body_cut_at_each_byte,
    a_reset_in_the_body,
    a_reset_after_the_response,
    what_is_not_http,
    a_head_of_a_megabyte,
];

/// One request that gets a broken response, and one that gets a good one on another connection.
fn interrupted(adapter: Adapter, broken: Script) {
    let server = Server::start([broken, Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_failure(Interrupted, true);
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2), "nothing is sent again by itself");
}

fn closed_before_the_head(adapter: Adapter) {
    interrupted(adapter, Script::new().request().close());
}

fn reset_before_the_head(adapter: Adapter) {
    interrupted(adapter, Script::new().request().reset());
}

fn broken_off_in_the_head(adapter: Adapter) {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    for length in 1..head.len() {
        interrupted(adapter, Script::new().respond(&head[..length]).close());
    }
    interrupted(adapter, Script::new().respond(&head[..20]).reset());
}

fn a_body_shorter_than_its_length(adapter: Adapter) {
    let body = || Script::new().respond("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    interrupted(adapter, body().close());
    // The status does not matter: this page is not cut because it is too large.
    interrupted(
        adapter,
        Script::new().respond("HTTP/1.1 502 Bad\r\nContent-Length: 10\r\n\r\nhello").close(),
    );
}

/// All data may be there, and only the end be missing: it is not complete.
fn a_chunked_body_cut_at_each_byte(adapter: Adapter) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for body in ["5;a=b\r\nhello\r\n0\r\n\r\n", "0\r\nX-Trailer: yes\r\n\r\n"] {
        for length in 0..body.len() {
            interrupted(adapter, Script::new().respond(head).write(&body[..length]).close());
        }
    }
}

fn a_reset_in_the_body(adapter: Adapter) {
    for framing in ["Content-Length: 10", "Transfer-Encoding: chunked", "Connection: close"] {
        let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        let piece = if framing.ends_with("chunked") { "5\r\nhello\r\n" } else { "hello" };
        interrupted(adapter, Script::new().respond(head).write(piece).reset());
    }
}

fn a_reset_after_the_response(adapter: Adapter) {
    let gate = crate::server::Gate::new();
    let reset = crate::server::Gate::new();
    let server = Server::start([
        Script::new().respond(OK).wait(&gate).reset().open(&reset),
        Script::new().respond(OK),
    ]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    gate.open();
    reset.wait();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    assert_eq!(server.finish().requests.len(), 2);
}

fn what_is_not_http(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for garbage in [
        "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n",
        "\0\u{1}\u{2}\u{3}\r\n\r\n",
        "HTTP/1.1 hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ] {
        let server = Server::start([Script::new().respond(garbage).close(), Script::new().respond(OK)]);
        Exchange::publish(server.url()).send(&subject).assert_failure(Other, true);
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
        assert_eq!(server.finish().requests.len(), 2);
    }
}

/// It may be accepted or refused, but must not be read as something else.
fn a_head_of_a_megabyte(adapter: Adapter) {
    let value = "x".repeat(1 << 20);
    let head =
        format!("HTTP/1.1 200 OK\r\nX-Large: {value}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let server = Server::start([Script::new().respond(head).close(), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).send(&subject);
    if outcome.result.is_ok() {
        outcome.assert_response(200, b"");
        let shown = outcome.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-large"));
        assert!(shown.is_some_and(|(_, shown)| shown == value.as_bytes()));
    } else {
        outcome.assert_failure(Other, true);
    }
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    assert_eq!(server.finish().requests.len(), 2);
}
