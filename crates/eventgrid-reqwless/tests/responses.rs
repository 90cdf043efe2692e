//! Responses that are odd, hostile, or larger than their buffers.

mod support;

use eventgrid::TransportErrorKind::{Interrupted, Other};
use eventgrid::{TransportError, TransportErrorKind};
use eventgrid_reqwless::Reqwless;
use proptest::prelude::*;
use support::{Outcome, Time, Wire, now, publish};

/// What comes of a response that is read in those pieces, before the connection is closed.
fn response<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Outcome {
    let wire = Wire::responding(pieces).closing();
    let transport = Reqwless::new(Time::default(), [wire.slot()]);
    now(publish(&transport, "http://a.example", 100))
}

fn kind(outcome: &Outcome) -> Option<TransportErrorKind> {
    outcome.result.as_ref().err().map(TransportError::kind)
}

#[test]
fn what_cannot_be_read_safely_is_an_error_that_names_its_cause() {
    for (head, words) in [
        ("transfer-encoding: br\r\n", "Transfer-Encoding that is not supported: br"),
        ("content-encoding: gzip\r\n", "Content-Encoding that was not asked for: gzip"),
        ("content-length: 2\r\ncontent-length: 3\r\n", "which differ"),
        ("content-length: -1\r\n", "not a number"),
        ("a : b\r\n", "white space before its colon"),
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n{{}}");
        let outcome = response([bytes.as_bytes()]);
        assert_eq!(kind(&outcome), Some(Other), "{head}");
        let reason = outcome.result.unwrap_err().reason().to_string();
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn servers_as_they_are_are_read() {
    const CHUNKS: &str = "2\r\n{}\r\n0\r\n\r\n";
    for (head, body) in [
        ("Transfer-Encoding: Chunked\r\n", CHUNKS),
        ("transfer-encoding: chunked\r\ncontent-length: 9\r\n", CHUNKS),
        ("transfer-encoding: identity\r\ncontent-length: 2\r\n", "{}"),
        ("content-length: 2\r\ncontent-length: 2, 2\r\n", "{}"),
        ("content-length:\r\n 2\r\n", "{}"),
        ("keep-alive: \u{ff}\r\ncontent-length: 2\r\n", "{}"),
        ("keep-alive: timeout=300, max=1000\r\ncontent-length: 2\r\n", "{}"),
        (&"x: y\r\n".repeat(150), "{}"),
    ] {
        // Latin-1, as a header may be.
        let text = format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}");
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
        let outcome = response([&bytes[..]]);
        assert_eq!((kind(&outcome), outcome.status, &outcome.body[..]), (None, 200, &b"{}"[..]), "{head}");
    }
}

#[test]
fn chunks_that_are_none() {
    for (body, expected) in [
        ("2\r\n{}\r\n0\r\n\r\n", None),
        ("00000000000000000002 ; x=y\r\n{}\r\n0000\r\na: b\r\n\r\n", None),
        ("\r\n{}", Some(Other)),
        (";x\r\n{}", Some(Other)),
        ("2\n{}\n0\n\n", Some(Other)),
        ("2x\r\n{}\r\n0\r\n\r\n", Some(Other)),
        ("2\r\n{}}\r\n0\r\n\r\n", Some(Other)),
        ("2\r\r\n{}\r\n0\r\n\r\n", Some(Other)),
        ("-2\r\n{}\r\n0\r\n\r\n", Some(Other)),
        ("fffffffffffffffff\r\n{}", Some(Other)),
        ("ffffffffffffffff\r\n{}", Some(Interrupted)),
        ("2\r\n{}\r\n0\r\n", Some(Interrupted)),
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}");
        let outcome = response([bytes.as_bytes()]);
        assert_eq!(kind(&outcome), expected, "{body:?}");
        if expected.is_none() {
            assert_eq!(outcome.body, b"{}");
        }
    }
}

#[test]
fn a_head_that_does_not_fit_is_named() {
    let head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1024));
    let outcome = response([head.as_bytes()]);
    assert_eq!(kind(&outcome), Some(Other));
    let error = outcome.result.unwrap_err();
    let reason = error.reason().to_string();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), reason);
    assert_eq!(reason, "the head of the response is larger than the buffer for it; use a larger buffer");
}

/// A response and the body it has.
fn framed() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let body = proptest::collection::vec(any::<u8>(), 0..90);
    (body, 0..3, 1_usize..20, 0..3_usize).prop_map(|(body, framing, chunk, interim)| {
        let mut bytes = b"HTTP/1.1 100 Continue\r\nx: y\r\n\r\n".repeat(interim);
        match framing {
            0 => bytes.extend(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).bytes()),
            1 => bytes.extend(b"HTTP/1.1 200 OK\r\n\r\n"),
            _ => bytes.extend(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
        }
        if framing == 2 {
            for chunk in body.chunks(chunk) {
                bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\n\r\n");
        } else {
            bytes.extend(&body);
        }
        (bytes, body)
    })
}

proptest! {
    #[test]
    fn it_does_not_matter_how_a_response_is_cut(((bytes, body), size) in (framed(), 1_usize..200)) {
        let outcome = response(bytes.chunks(size));
        prop_assert!(outcome.result.is_ok(), "{outcome:?}");
        prop_assert_eq!(outcome.body, body);
    }

    #[test]
    fn no_response_makes_it_panic(
        ((mut bytes, _), size, changes) in
            (framed(), 1_usize..200, proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6))
    ) {
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        // It ends, however it does.
        response(bytes.chunks(size));
    }

    #[test]
    fn a_success_that_does_not_fit_keeps_what_does(length in 101_usize..400, size in 1_usize..200) {
        let body: Vec<u8> = (0..length).map(|i| i.to_le_bytes()[0]).collect();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        let outcome = response([head.as_bytes(), &body].concat().chunks(size));
        prop_assert_eq!((kind(&outcome), outcome.is_too_large), (None, true));
        prop_assert_eq!(&outcome.body, &body[..100]);
    }
}
