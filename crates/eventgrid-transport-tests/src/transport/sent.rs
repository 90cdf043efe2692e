//! What is sent: the request, and what HTTP demands, and nothing else.

use std::time::Duration;

use eventgrid::Transport as _;

use crate::exchange::{Exchange, KEY};
use crate::options::Options;
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    the_request_goes_out_as_it_is,
    nothing_is_added_but_what_http_demands,
    an_accept_encoding_of_the_request_goes_out_alone,
    a_body_does_not_wait_for_the_100_that_its_head_expects,
    an_empty_post_has_a_content_length,
    a_large_body_goes_out_whole,
];

fn the_request_goes_out_as_it_is(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let (mut headers, mut body) = (Vec::new(), Vec::new());
    let endpoint = format!("{}/base//path", server.url());
    let outcome = Exchange::publish(&endpoint).inspect(|request, response| {
        headers =
            request.headers().map(|header| (header.name().to_owned(), header.value().to_owned())).collect();
        body = request.body().to_vec();
        subject.send(request, response)
    });
    outcome.assert_response(200, b"{}");

    let log = server.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    assert_eq!(
        received.line,
        "POST /base//path/topics/readings%20of%20today:publish?api-version=2024-06-01 HTTP/1.1"
    );
    for (name, value) in &headers {
        assert_eq!(received.header(name), [value], "{name}");
    }
    assert_eq!(received.header("authorization"), [format!("SharedAccessKey {KEY}")]);
    assert!(!body.is_empty());
    assert_eq!(received.body, body);
    assert_eq!(received.header("content-length"), [body.len().to_string()]);
}

fn nothing_is_added_but_what_http_demands(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK)]);
    let host = server.url().replace("http://", "");
    let subject = adapter(&Options::default());
    let mut names = ["host", "content-length", "accept-encoding"].map(str::to_owned).to_vec();
    let outcome = Exchange::publish(server.url()).inspect(|request, response| {
        names.extend(request.headers().map(|header| header.name().to_owned()));
        subject.send(request, response)
    });
    outcome.assert_response(200, b"{}");

    let log = server.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    assert_eq!(received.header("host"), [host], "with its port");
    assert_eq!(received.header("accept-encoding"), ["identity"]);
    // Harmless, and useful for some servers.
    let added = received.headers.iter().filter(|(name, value)| {
        !(name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("keep-alive"))
    });
    let mut sent: Vec<String> = added.map(|(name, _)| name.to_ascii_lowercase()).collect();
    sent.sort();
    names.sort();
    assert_eq!(sent, names);
}

fn an_accept_encoding_of_the_request_goes_out_alone(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).inspect(|request, response| {
        subject.send(&request.with_headers("accept-encoding: gzip;q=0, identity\r\n"), response)
    });
    outcome.assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!(log.requests[0].header("accept-encoding"), ["gzip;q=0, identity"]);
}

/// RFC 9110, 10.1.1: a client must not wait forever, since a server may ignore the header.
fn a_body_does_not_wait_for_the_100_that_its_head_expects(adapter: Adapter) {
    for before in ["", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let server = Server::start([Script::new().respond(format!("{before}{OK}"))]);
        let subject = adapter(&Options::default());
        let outcome = Exchange::publish_text(server.url(), "hello").inspect(|request, response| {
            subject.send(&request.with_headers("expect: 100-continue\r\n"), response)
        });
        outcome.assert_response(200, b"{}");
        let log = server.finish();
        assert_eq!(log.requests[0].header("expect"), ["100-continue"]);
        assert!(String::from_utf8_lossy(&log.requests[0].body).contains("hello"));
    }
}

fn an_empty_post_has_a_content_length(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    Exchange::receive(server.url(), Duration::from_secs(10)).send(&subject).assert_response(200, b"{}");

    let log = server.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    assert!(received.line.starts_with("POST "), "{}", received.line);
    assert_eq!(received.header("content-length"), ["0"]);
    assert!(received.header("transfer-encoding").is_empty());
}

fn a_large_body_goes_out_whole(adapter: Adapter) {
    let server = Server::start([Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let text = "0123456789".repeat(800_000);
    Exchange::publish_text(server.url(), &text).send(&subject).assert_response(200, b"{}");

    let log = server.finish();
    let [received] = &log.requests[..] else { panic!("{log:?}") };
    let body = String::from_utf8(received.body.clone()).unwrap();
    assert!(body.contains(&text), "{} bytes arrived", body.len());
}
