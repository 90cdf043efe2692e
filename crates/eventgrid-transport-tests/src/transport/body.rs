//! Bodies of every framing, in pieces of every size, and those that do not fit.

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::{OK, framings, noise};

rows![
    bodies_with_a_length_in_chunks_or_until_the_end,
    one_byte_at_a_time,
    chunk_extensions_and_trailers,
    a_response_of_http_1_0,
    a_body_that_just_fits,
    a_success_that_does_not_fit_is_full,
    an_error_page_that_does_not_fit_keeps_its_status,
];

fn bodies_with_a_length_in_chunks_or_until_the_end(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for length in [0, 1, 5000, 4 << 20] {
        let body = noise(length);
        for bytes in framings(200, &body) {
            let server = Server::start([Script::new().respond(bytes).close()]);
            Exchange::publish(server.url()).send(&subject).assert_response(200, &body);
            server.finish();
        }
    }
}

fn one_byte_at_a_time(adapter: Adapter) {
    let subject = adapter(&Options::default());
    let body = noise(600);
    for bytes in framings(200, &body) {
        let server = Server::start([Script::new().request().fragments(bytes).close()]);
        Exchange::publish(server.url()).send(&subject).assert_response(200, &body);
        server.finish();
    }
}

fn chunk_extensions_and_trailers(adapter: Adapter) {
    let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        5;name=value\r\nhello\r\n6;other=\"a;b\"\r\n world\r\n0\r\nX-Trailer: yes\r\n\r\n";
    let server = Server::start([Script::new().respond(bytes).respond(OK)]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"hello world");
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    server.finish();
}

fn a_response_of_http_1_0(adapter: Adapter) {
    let server = Server::start([Script::new().respond("HTTP/1.0 200 OK\r\n\r\nhello").close()]);
    let subject = adapter(&Options::default());
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"hello");
    server.finish();
}

fn a_body_that_just_fits(adapter: Adapter) {
    let subject = adapter(&Options::default());
    let body = noise(1000);
    for bytes in framings(200, &body) {
        let slice = |url| Exchange::publish(url).into_slice(1000);
        let growable = |url| Exchange::publish(url).growing_to(1000);
        for exchange in [slice, growable] {
            let server = Server::start([Script::new().respond(&bytes).close()]);
            exchange(server.url()).send(&subject).assert_response(200, &body);
            server.finish();
        }
    }
}

fn a_success_that_does_not_fit_is_full(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for length in [1001, 300_000] {
        let body = noise(length);
        for bytes in framings(200, &body) {
            let script = Script::new().respond(&bytes).close();
            let server = Server::start([script.clone(), script, Script::new().respond(OK)]);
            let exchange = || Exchange::publish(server.url());
            for outcome in
                [exchange().into_slice(1000).send(&subject), exchange().growing_to(1000).send(&subject)]
            {
                assert!(outcome.result.is_ok(), "{:?}", outcome.result);
                assert_eq!((outcome.status, outcome.is_full), (200, true));
                assert!(outcome.body == body[..1000], "what fits is there");
            }
            exchange().send(&subject).assert_response(200, b"{}");
            let log = server.finish();
            assert_eq!((log.connections, log.requests.len()), (3, 3));
        }
    }
}

fn an_error_page_that_does_not_fit_keeps_its_status(adapter: Adapter) {
    let subject = adapter(&Options::default());
    let page = "<html><h1>Bad Gateway</h1>".repeat(50_000);
    for bytes in framings(502, page.as_bytes()) {
        let script = Script::new().respond(&bytes).close();
        let server = Server::start([script.clone(), script, Script::new().respond(OK)]);
        let exchange = || Exchange::publish(server.url());
        for outcome in [exchange().into_slice(100).send(&subject), exchange().growing_to(100).send(&subject)]
        {
            assert!(outcome.result.is_ok(), "{:?}", outcome.result);
            assert_eq!((outcome.status, outcome.is_full), (502, true));
            assert_eq!(outcome.body, page.as_bytes()[..100]);
        }
        exchange().send(&subject).assert_response(200, b"{}");
        let log = server.finish();
        assert_eq!(log.requests.len(), 3);
    }
}
