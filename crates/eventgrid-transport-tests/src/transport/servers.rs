//! Real servers: unusual heads and framings, and what cannot be read safely.

use eventgrid::Transport as _;
use eventgrid::TransportErrorKind::Other;

use crate::exchange::{Exchange, Outcome};
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::transport::{LARGE, OK};

rows![
    the_case_of_a_transfer_coding_does_not_matter,
    a_transfer_coding_of_identity_is_none,
    there_is_no_body_after_204_and_304,
    a_length_may_be_repeated,
    chunks_win_over_a_length_and_end_the_connection,
    a_folded_header_is_one_header,
    lengths_that_differ_are_refused,
    a_length_that_is_none_is_refused,
    a_coding_that_was_not_asked_for_is_named,
    the_content_coding_of_a_failure_does_not_hide_its_status,
    a_coding_of_identity_is_none,
    the_coding_of_an_empty_body_does_not_matter,
    a_coding_that_was_asked_for_is_passed_on,
    a_head_of_16_kib_in_100_headers_is_read,
    a_head_without_an_end_is_refused,
    an_early_response_is_read_though_the_server_takes_no_more,
];

/// Sends one request, which gets this response.
fn outcome(adapter: Adapter, script: Script) -> Outcome {
    let server = Server::start([script]);
    let outcome = Exchange::publish(server.url()).send(&adapter(&Options::default()));
    server.finish();
    outcome
}

/// One request that gets this response, and one that gets a good one on another connection.
fn refused(adapter: Adapter, response: &str) -> String {
    let server = Server::start([Script::new().respond(response), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).send(&subject);
    outcome.assert_failure(Other, true);
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (2, 2), "its connection is not used again");
    outcome.result.unwrap_err().to_string()
}

fn the_case_of_a_transfer_coding_does_not_matter(adapter: Adapter) {
    for header in ["Transfer-Encoding: Chunked", "TRANSFER-ENCODING: CHUNKED", "transfer-encoding:chunked \t"]
    {
        let response = format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        let server = Server::start([Script::new().respond(response).respond(OK)]);
        let subject = adapter(&Options::default());
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"hello");
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
        assert_eq!(server.finish().connections, 1);
    }
}

fn a_transfer_coding_of_identity_is_none(adapter: Adapter) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n";
    let with_length = Script::new().respond(format!("{head}Content-Length: 5\r\n\r\nhello"));
    outcome(adapter, with_length).assert_response(200, b"hello");
    let until_close = Script::new().respond(format!("{head}Connection: close\r\n\r\nhello")).close();
    outcome(adapter, until_close).assert_response(200, b"hello");
}

/// The adapter may use the connection again or not. But it must not wait for a body, and must not
/// read one as the next response.
fn there_is_no_body_after_204_and_304(adapter: Adapter) {
    for status in [204, 304] {
        for header in [
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "Connection: keep-alive",
        ] {
            let head = format!("HTTP/1.1 {status} Nothing To Say\r\n{header}\r\n\r\n");
            let server = Server::start([Script::new().respond(head).respond(OK), Script::new().respond(OK)]);
            let subject = adapter(&Options::default());
            Exchange::publish(server.url()).send(&subject).assert_response(status, b"");
            Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
            assert_eq!(server.finish().requests.len(), 2);
        }
    }
}

fn a_length_may_be_repeated(adapter: Adapter) {
    for lengths in ["Content-Length: 5\r\ncontent-length: 5", "Content-Length: 5, 5"] {
        let response = format!("HTTP/1.1 200 OK\r\n{lengths}\r\n\r\nhello");
        outcome(adapter, Script::new().respond(response)).assert_response(200, b"hello");
    }
}

/// RFC 9112, 6.3: such a response may be an attempt at smuggling.
fn chunks_win_over_a_length_and_end_the_connection(adapter: Adapter) {
    for headers in
        ["Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"]
    {
        let response = format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        let first = Script::new().respond(response).respond(OK);
        let server = Server::start([first, Script::new().respond(OK)]);
        let subject = adapter(&Options::default());
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"hello");
        Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
        let log = server.finish();
        assert_eq!((log.connections, log.requests.len()), (2, 2));
    }
}

/// RFC 9112, 5.2: a fold stands for one or more spaces.
fn a_folded_header_is_one_header(adapter: Adapter) {
    let head = "HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\n\t three\r\nContent-Length: 5\r\n\r\nhello";
    let outcome = outcome(adapter, Script::new().respond(head));
    outcome.assert_response(200, b"hello");
    let shown: Vec<_> = outcome.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    assert_eq!(shown, ["x-folded", "content-length"]);
    let value = String::from_utf8(outcome.headers[0].1.clone()).unwrap();
    assert!(!value.contains(['\r', '\n']), "{value:?}");
    assert_eq!(value.split_ascii_whitespace().collect::<Vec<_>>(), ["one", "two", "three"]);
}

fn lengths_that_differ_are_refused(adapter: Adapter) {
    for lengths in ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6"] {
        refused(adapter, &format!("HTTP/1.1 200 OK\r\n{lengths}\r\n\r\nhello"));
    }
}

fn a_length_that_is_none_is_refused(adapter: Adapter) {
    for length in ["-5", "+5", "0x5", "5 5", "99999999999999999999"] {
        refused(adapter, &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nhello"));
    }
}

fn a_coding_that_was_not_asked_for_is_named(adapter: Adapter) {
    // What it is coded from does not matter.
    let body = "\u{1f}hello";
    for headers in [
        format!("Content-Encoding: gzip\r\nContent-Length: {}", body.len()),
        format!("Content-Length: {}\r\nCONTENT-ENCODING: GZip", body.len()),
        format!("Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: {}", body.len()),
        format!("Content-Encoding: identity, gzip\r\nContent-Length: {}", body.len()),
        "Connection: close\r\nTransfer-Encoding: gzip".to_owned(),
    ] {
        let text = refused(adapter, &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}"));
        assert!(text.to_ascii_lowercase().contains("gzip"), "`{text}` does not name gzip");
    }
}

/// A gateway may compress its error pages for everybody.
fn the_content_coding_of_a_failure_does_not_hide_its_status(adapter: Adapter) {
    const STATUSES: [u16; 4] = [302, 401, 404, 503];
    let coded = "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\u{1f}page";
    let script = STATUSES.iter().fold(Script::new(), |script, status| {
        script.respond(format!("HTTP/1.1 {status} Some Reason\r\n{coded}"))
    });
    let server = Server::start([script]);
    let subject = adapter(&Options::default());
    for status in STATUSES {
        Exchange::publish(server.url()).send(&subject).assert_response(status, b"\x1fpage");
    }
    assert_eq!(server.finish().connections, 1);
}

fn a_coding_of_identity_is_none(adapter: Adapter) {
    for coding in ["identity", "IDENTITY", "identity, identity", "", "identity\r\nContent-Encoding: identity"]
    {
        let response =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 5\r\n\r\nhello");
        outcome(adapter, Script::new().respond(response)).assert_response(200, b"hello");
    }
}

/// A gateway may name the coding that its bodies usually have.
fn the_coding_of_an_empty_body_does_not_matter(adapter: Adapter) {
    let response = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n";
    outcome(adapter, Script::new().respond(response)).assert_response(200, b"");
}

fn a_coding_that_was_asked_for_is_passed_on(adapter: Adapter) {
    let response = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    let server = Server::start([Script::new().respond(response)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish(server.url()).inspect(|request, response| {
        subject.send(&request.with_headers("accept-encoding: gzip\r\n"), response)
    });
    outcome.assert_response(200, b"hello");
    server.finish();
}

fn a_head_of_16_kib_in_100_headers_is_read(adapter: Adapter) {
    const HEADERS: usize = 100;
    const HEAD: usize = 16 << 10;
    let end = "Content-Length: 5\r\n\r\n";
    let mut head = "HTTP/1.1 200 OK\r\n".to_owned();
    for number in 1..HEADERS {
        let start = format!("X-Number-{number}: ");
        let left = HEAD - head.len() - end.len();
        let line = if number == HEADERS - 1 { left } else { left / (HEADERS - number) };
        let value = "x".repeat(line - start.len() - "\r\n".len());
        head.extend([&start, &value, "\r\n"]);
    }
    head += end;
    assert_eq!((head.len(), head.lines().count() - 2), (HEAD, HEADERS));
    let outcome = outcome(adapter, Script::new().respond(head + "hello"));
    outcome.assert_response(200, b"hello");
    assert_eq!(outcome.headers.len(), HEADERS);
}

fn a_head_without_an_end_is_refused(adapter: Adapter) {
    for line in ["X-More: of the same\r\n", "x"] {
        let endless = Script::new().respond("HTTP/1.1 200 OK\r\nX-Endless: ").endless(line.repeat(1000));
        outcome(adapter, endless).assert_failure(Other, true);
    }
}

fn an_early_response_is_read_though_the_server_takes_no_more(adapter: Adapter) {
    let gate = Gate::new();
    let response = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge";
    let server = Server::start([Script::new().head().write(response).wait(&gate)]);
    let subject = adapter(&Options::default());
    let outcome = Exchange::publish_text(server.url(), "x".repeat(LARGE)).send(&subject);
    gate.open();
    outcome.assert_response(413, b"large");
    assert!(outcome.progress.sent < LARGE as u64, "{} bytes", outcome.progress.sent);
    server.finish();
}
