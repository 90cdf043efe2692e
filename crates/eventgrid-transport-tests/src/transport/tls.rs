//! TLS connections, and those that cannot be opened: then nothing was sent.

use std::sync::Arc;
use std::time::Duration;

use eventgrid::TransportErrorKind::{Connect, Interrupted, Tls};
use rustls::ServerConfig;

use crate::certificate::{Authority, self_signed_server};
use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::subject::Subject;
use crate::transport::{LARGE, OK};

rows![
    a_trusted_server_is_spoken_to_over_one_connection,
    a_kept_connection_that_was_closed_is_no_error,
    a_body_that_ends_without_a_farewell,
    an_early_response_is_read_though_the_server_hangs_up,
    a_client_certificate_is_shown,
    a_server_that_nobody_vouches_for,
    a_server_of_another_name,
    a_certificate_that_has_expired,
    a_server_without_tls,
    a_server_that_hangs_up,
];

fn trusting(adapter: Adapter, authority: &Authority) -> Subject {
    adapter(&Options { root_certificate: Some(authority.pem()), ..Options::default() })
}

fn a_trusted_server_is_spoken_to_over_one_connection(adapter: Adapter) {
    let authority = Authority::new();
    let script = Script::new().respond(OK).respond(OK).respond(OK).respond(OK);
    let server = Server::start_tls(authority.server_for("localhost"), [script]);
    let subject = trusting(adapter, &authority);
    for _ in 0..2 {
        Exchange::publish(server.https_url()).send(&subject).assert_response(200, b"{}");
        let receive = Exchange::receive(server.https_url(), Duration::from_secs(10));
        receive.send(&subject).assert_response(200, b"{}");
    }
    let host = server.https_url().replace("https://", "");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 4));
    assert_eq!(log.requests[0].header("host"), [host]);
}

fn a_kept_connection_that_was_closed_is_no_error(adapter: Adapter) {
    let authority = Authority::new();
    for close in [Script::close, Script::cut, Script::reset] {
        let (responded, closed) = (Gate::new(), Gate::new());
        let first = close(Script::new().respond(OK).wait(&responded)).open(&closed);
        let server = Server::start_tls(authority.server_for("localhost"), [first, Script::new().respond(OK)]);
        let subject = trusting(adapter, &authority);
        Exchange::publish(server.https_url()).send(&subject).assert_response(200, b"{}");
        responded.open();
        closed.wait();
        Exchange::publish(server.https_url()).send(&subject).assert_response(200, b"{}");
        let log = server.finish();
        assert_eq!((log.connections, log.requests.len()), (2, 2));
    }
}

/// Anyone on the way can end a connection; only the server can say that the body is complete.
fn a_body_that_ends_without_a_farewell(adapter: Adapter) {
    let authority = Authority::new();
    let response = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello";
    let scripts = [Script::new().respond(response).close(), Script::new().respond(response).cut()];
    let server = Server::start_tls(authority.server_for("localhost"), scripts);
    let subject = trusting(adapter, &authority);
    Exchange::publish(server.https_url()).send(&subject).assert_response(200, b"hello");
    Exchange::publish(server.https_url()).send(&subject).assert_failure(Interrupted, true);
    server.finish();
}

fn an_early_response_is_read_though_the_server_hangs_up(adapter: Adapter) {
    let authority = Authority::new();
    let response = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge";
    let script = Script::new().head().write(response).close();
    let server = Server::start_tls(authority.server_for("localhost"), [script]);
    let subject = trusting(adapter, &authority);
    let publish = Exchange::publish_text(server.https_url(), "x".repeat(LARGE));
    publish.send(&subject).assert_response(413, b"large");
    server.finish();
    // Where little is on its way, it is the last piece of the request that cannot be sent.
    for length in [70_000, 90_000, 110_000, 130_000] {
        let late = Script::new().head().sleep(Duration::from_millis(100)).write(response).close();
        let server = Server::start_tls_with_little_room(authority.server_for("localhost"), [late]);
        let publish = Exchange::publish_text(server.https_url(), "x".repeat(length));
        publish.send(&trusting(adapter, &authority)).assert_response(413, b"large");
        server.finish();
    }
}

fn a_client_certificate_is_shown(adapter: Adapter) {
    let authority = Authority::new();
    for (client_certificate, length) in
        [(Some(authority.client()), 10), (None, 10), (None, 110_000), (None, LARGE)]
    {
        let known = client_certificate.is_some();
        let server = Server::start_tls(authority.asking_server(), [Script::new().respond(OK)]);
        let root_certificate = Some(authority.pem());
        let subject = adapter(&Options { root_certificate, client_certificate, ..Options::default() });
        let outcome = Exchange::publish_text(server.https_url(), "x".repeat(length)).send(&subject);
        if known {
            outcome.assert_response(200, b"{}");
        } else {
            // With TLS 1.3, a server says so after the client has begun to send.
            outcome.assert_failure(Tls, true);
        }
        assert_eq!(server.finish().requests.len(), usize::from(known));
    }
}

fn refused(adapter: Adapter, authority: &Authority, config: Arc<ServerConfig>) {
    let server = Server::start_tls(config, [Script::new().respond(OK)]);
    let subject = trusting(adapter, authority);
    Exchange::publish(server.https_url()).send(&subject).assert_failure(Tls, false);
    assert_eq!(server.finish().requests.len(), 0);
}

fn a_server_that_nobody_vouches_for(adapter: Adapter) {
    refused(adapter, &Authority::new(), self_signed_server());
    refused(adapter, &Authority::new(), Authority::new().server_for("localhost"));
}

fn a_server_of_another_name(adapter: Adapter) {
    let authority = Authority::new();
    refused(adapter, &authority, authority.server_for("eventgrid.invalid"));
}

fn a_certificate_that_has_expired(adapter: Adapter) {
    let authority = Authority::new();
    refused(adapter, &authority, authority.expired_server());
}

fn a_server_without_tls(adapter: Adapter) {
    let server = Server::start([Script::new().write("HTTP/1.1 400 Bad Request\r\n\r\n").close()]);
    let subject = trusting(adapter, &Authority::new());
    Exchange::publish(server.https_url()).send(&subject).assert_failure(Tls, false);
    server.finish();
}

fn a_server_that_hangs_up(adapter: Adapter) {
    for script in [Script::new().close(), Script::new().reset()] {
        let server = Server::start([script]);
        let subject = trusting(adapter, &Authority::new());
        Exchange::publish(server.https_url()).send(&subject).assert_failure(Connect, false);
        server.finish();
    }
}
