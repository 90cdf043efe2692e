//! Responses that the caller reads in pieces.

use std::time::Duration;

use eventgrid::TransportErrorKind::{Interrupted, Timeout};
use eventgrid::{Buf, Limits, Request, Response, Transport as _, TransportError as _, TransportErrorKind};

use crate::exchange::Exchange;
use crate::options::Options;
use crate::server::{Gate, Script, Server};
use crate::subject::Adapter;
use crate::subject::{Failure, Subject};
use crate::transport::{OK, framings, noise};

rows![
    a_body_of_any_framing_is_read_in_pieces,
    the_end_stays_the_end,
    a_body_that_was_read_leaves_its_connection,
    a_body_that_is_dropped_closes_its_connection,
    a_connection_in_use_is_closed_after_its_body,
    a_body_that_breaks_off,
    a_body_that_stops,
    a_head_that_does_not_come,
];

/// A response that was read in pieces.
#[derive(Debug)]
struct Pieces {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
    /// What came after the body: its end, or why there is none.
    end: Result<(), Failure>,
    /// How many bytes of the body are in the response itself.
    buffered: usize,
}

impl Pieces {
    /// Reads a whole response in pieces of that size.
    fn read(subject: &Subject, url: &str, size: usize) -> Self {
        let mut headers = Vec::new();
        let mut sink = |name: &str, _: &[u8]| headers.push(name.to_ascii_lowercase());
        let mut storage = [0; 1000];
        let mut response = Response::new(Buf::new(&mut storage)).with_headers(&mut sink);
        let (mut body, mut room) = (Vec::new(), vec![0; size]);
        let end = subject.open(&Request::new("GET", url), &mut response).and_then(|mut open| {
            loop {
                match open.read(&mut room)? {
                    0 => return Ok(()),
                    read => body.extend(&room[..read]),
                }
            }
        });
        let eventgrid::ReceivedResponse { head, len: buffered, .. } = response.finish();
        let status = head.status();
        Self { status, headers, body, end, buffered }
    }

    #[track_caller]
    fn assert_failure(&self, kind: TransportErrorKind, status: u16, body: &[u8]) {
        let failure = self.end.as_ref().expect_err("the body should not have ended");
        assert_eq!((failure.kind(), failure.may_have_been_sent()), (kind, true), "{failure}");
        assert_eq!((self.status, &self.body[..]), (status, body), "what came before");
    }
}

fn a_body_of_any_framing_is_read_in_pieces(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for length in [0, 1, 5000, 300_000] {
        let body = noise(length);
        for bytes in framings(404, &body) {
            for size in [7, 4096] {
                let server = Server::start([Script::new().respond(&bytes).close()]);
                let pieces = Pieces::read(&subject, &server.url(), size);
                assert!(pieces.end.is_ok(), "{:?}", pieces.end);
                assert_eq!((pieces.status, pieces.buffered, pieces.headers.len()), (404, 0, 1));
                assert!(pieces.body == body, "{} bytes instead of {length}", pieces.body.len());
                server.finish();
            }
        }
    }
}

fn the_end_stays_the_end(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for bytes in framings(200, b"hello") {
        let server = Server::start([Script::new().respond(bytes).close()]);
        let (url, mut storage) = (server.url(), [0; 100]);
        let mut response = Response::new(Buf::new(&mut storage));
        let mut body = subject.open(&Request::new("GET", &url), &mut response).unwrap();
        assert_eq!(body.read(&mut []).unwrap(), 0, "without room nothing is read");
        let mut read = Vec::new();
        while read.len() < 5 {
            let mut room = [0];
            assert_eq!(body.read(&mut room).unwrap(), 1);
            read.extend(room);
        }
        assert_eq!(read, b"hello");
        for _ in 0..3 {
            assert_eq!(body.read(&mut [0; 10]).unwrap(), 0);
        }
        drop(body);
        server.finish();
    }
}

fn a_body_that_was_read_leaves_its_connection(adapter: Adapter) {
    let [with_length, chunked, _] = framings(200, &noise(5000));
    let script = Script::new().respond(with_length).respond(chunked).respond(OK);
    let server = Server::start([script]);
    let subject = adapter(&Options::default());
    for _ in 0..2 {
        let pieces = Pieces::read(&subject, &server.url(), 1000);
        assert!(pieces.end.is_ok() && pieces.body == noise(5000), "{:?}", pieces.end);
    }
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    let log = server.finish();
    assert_eq!((log.connections, log.requests.len()), (1, 3));
}

fn a_body_that_is_dropped_closes_its_connection(adapter: Adapter) {
    let ended = Gate::new();
    let [with_length, ..] = framings(200, &noise(5000));
    let first = Script::new().respond(with_length).end().open(&ended);
    let server = Server::start([first, Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let (url, mut storage) = (server.url(), [0; 100]);
    let mut response = Response::new(Buf::new(&mut storage));
    let mut body = subject.open(&Request::new("GET", &url), &mut response).unwrap();
    assert!(body.read(&mut [0; 10]).unwrap() > 0);
    drop(body);
    ended.wait();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    assert_eq!(server.finish().connections, 2);
}

fn a_connection_in_use_is_closed_after_its_body(adapter: Adapter) {
    let ended = Gate::new();
    let server = Server::start([Script::new().respond(OK).end().open(&ended), Script::new().respond(OK)]);
    let subject = adapter(&Options::default());
    let (url, mut storage) = (server.url(), [0; 100]);
    let mut response = Response::new(Buf::new(&mut storage));
    let mut body = subject.open(&Request::new("GET", &url), &mut response).unwrap();
    subject.close();
    let (mut read, mut room) = (Vec::<u8>::new(), [0; 10]);
    while let count @ 1.. = body.read(&mut room).unwrap() {
        read.extend(&room[..count]);
    }
    assert_eq!(read, b"{}");
    drop(body);
    ended.wait();
    Exchange::publish(server.url()).send(&subject).assert_response(200, b"{}");
    assert_eq!(server.finish().connections, 2);
}

fn a_body_that_breaks_off(adapter: Adapter) {
    let subject = adapter(&Options::default());
    for (framing, body) in [("Content-Length: 10", "hello"), ("Transfer-Encoding: chunked", "5\r\nhello\r\n")]
    {
        let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        let server = Server::start([Script::new().respond(head + body).close()]);
        Pieces::read(&subject, &server.url(), 4).assert_failure(Interrupted, 200, b"hello");
        server.finish();
    }
}

fn a_body_that_stops(adapter: Adapter) {
    let gate = Gate::new();
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let server = Server::start([Script::new().respond(half).wait(&gate)]);
    let subject = adapter(&Options::with_limits(Limits::new().with_idle(Duration::from_millis(100))));
    Pieces::read(&subject, &server.url(), 4).assert_failure(Timeout, 200, b"hello");
    gate.open();
    server.finish();
}

fn a_head_that_does_not_come(adapter: Adapter) {
    let server = Server::start([Script::new().request().close()]);
    let subject = adapter(&Options::default());
    Pieces::read(&subject, &server.url(), 4).assert_failure(Interrupted, 0, b"");
    server.finish();
}
