//! What is read, repaired and refused, and that it makes no difference how bytes are cut.

use core::str;
use std::format;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::buffer::{Buf, BufFull};
use crate::request::Request;
use crate::response::Response;
use crate::transport::TransportErrorKind;

const POST: Request<'static> = Request::new("POST", "http://a.example/");

/// A response as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Seen {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Whether the connection can be used again, unless something follows.
    keeps_connection: bool,
    /// What follows the response.
    rest: Vec<u8>,
}

/// Reads what came in these pieces before the connection was closed, with room for a head of that
/// size.
fn receive(request: &Request<'_>, pieces: &[&[u8]], room: usize) -> Result<Seen, HttpError> {
    let mut pieces: Vec<Vec<u8>> = pieces.iter().rev().map(|piece| piece.to_vec()).collect();
    let mut read = |room: &mut [u8]| {
        let Some(mut piece) = pieces.pop() else { return 0 };
        let read = piece.len().min(room.len());
        room[..read].copy_from_slice(&piece[..read]);
        let rest = piece.split_off(read);
        if !rest.is_empty() {
            pieces.push(rest);
        }
        read
    };
    let mut headers = Vec::new();
    let mut sink = |name: &str, value: &[u8]| headers.push((name.to_string(), value.to_vec()));
    let (mut storage, mut body_storage) = (vec![0; room], vec![0; 1 << 16]);
    let mut response = Response::new(Buf::new(&mut body_storage)).with_headers(&mut sink);
    let mut reader = HeadReader::new(request, &mut storage);
    let head = loop {
        let came = read(reader.room());
        if let Some(head) = reader.read(came, &mut response)? {
            break head;
        }
    };
    let mut body = Body::new(head.framing);
    let (buffer, received) = reader.into_rest();
    let mut received = buffer[received].to_vec();
    // Every other time, data is read elsewhere and counted.
    let mut turn = 0;
    while !body.is_done() {
        let mut rest = &received[..];
        let data = body.next(&mut rest)?;
        response.write(data);
        received = rest.to_vec();
        if !received.is_empty() || body.is_done() {
            continue;
        }
        turn += 1;
        let wanted = usize::try_from(body.wanted()).unwrap_or(usize::MAX);
        let mut room = [0; 100];
        let came = if wanted > 0 && turn % 2 == 0 {
            let came = read(&mut room[..wanted.min(100)]);
            response.write(&room[..came]);
            body.advance(came);
            came
        } else {
            let came = read(&mut room);
            received = room[..came].to_vec();
            came
        };
        if came == 0 {
            body.end()?;
            break;
        }
    }
    while let came @ 1.. = read(&mut [0; 1]) {
        received.extend([0].repeat(came));
    }
    let body = response.body().to_vec();
    Ok(Seen { status: head.status, headers, body, keeps_connection: head.keeps_connection, rest: received })
}

fn whole(bytes: &[u8]) -> Result<Seen, HttpError> {
    receive(&POST, &[bytes], 1 << 16)
}

/// What a response with these header lines and this body is read as: the body, and whether the
/// connection is kept.
fn framed(headers: &str, body: &str) -> Result<(String, bool), HttpError> {
    let seen = whole(format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}").as_bytes())?;
    Ok((String::from_utf8(seen.body).unwrap(), seen.keeps_connection))
}

#[test]
fn the_end_of_a_body_is_found_however_a_server_says_it() {
    const CHUNKS: &str = "2\r\n{}\r\n0\r\n\r\n";
    for (headers, body, keeps_connection) in [
        ("content-length: 2\r\n", "{}", true),
        ("Content-Length:2  \r\n", "{}", true),
        ("content-length: 2, 2\r\n", "{}", true),
        ("content-length: 2\r\ncontent-length: 2\r\n", "{}", true),
        ("content-length: 0002\r\n", "{}", true),
        ("content-length: 2\r\nconnection: x, Close\r\n", "{}", false),
        ("content-length: 2\r\nconnection: keep-alive\r\n", "{}", true),
        ("content-length: 2\r\nconnection: close\r\nconnection: keep-alive\r\n", "{}", false),
        ("Transfer-Encoding: Chunked\r\n", CHUNKS, true),
        ("transfer-encoding: identity, chunked\r\n", CHUNKS, true),
        ("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n", CHUNKS, true),
        ("transfer-encoding: , chunked\r\n", CHUNKS, true),
        ("transfer-encoding: identity\r\ncontent-length: 2\r\n", "{}", true),
        ("transfer-encoding: identity\r\n", "{}", false),
        ("transfer-encoding: chunked\r\ncontent-length: 99\r\n", CHUNKS, false),
        ("content-length: 1\r\ncontent-length: x\r\ntransfer-encoding: chunked\r\n", CHUNKS, false),
        ("transfer-encoding:\r\n chunked\r\n", CHUNKS, true),
        ("content-encoding: Identity\r\ncontent-length: 2\r\n", "{}", true),
        ("", "{}", false),
        ("connection: keep-alive\r\n", "{}", false),
    ] {
        assert_eq!(framed(headers, body), Ok((String::from("{}"), keeps_connection)), "{headers}");
    }
}

#[test]
fn what_cannot_be_read_safely_is_refused_by_its_cause() {
    let coding = |name: &str| Coding::new(name.as_bytes());
    for (headers, expected) in [
        ("content-length: 2\r\ncontent-length: 3\r\n", HttpError::ContentLengths),
        ("content-length: 2, 3\r\n", HttpError::ContentLengths),
        ("content-length: 2,\r\n", HttpError::ContentLength),
        ("content-length:\r\n", HttpError::ContentLength),
        ("content-length: -1\r\n", HttpError::ContentLength),
        ("content-length: +2\r\n", HttpError::ContentLength),
        ("content-length: 18446744073709551616\r\n", HttpError::ContentLength),
        ("transfer-encoding: gzip, chunked\r\n", HttpError::TransferEncoding(coding("gzip"))),
        ("transfer-encoding: chunked;q=1\r\n", HttpError::TransferEncoding(coding("chunked;q=1"))),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", HttpError::ChunkedTwice),
        ("content-encoding: br\r\ncontent-length: 2\r\n", HttpError::ContentEncoding(coding("br"))),
        ("content-encoding: identity, x-gzip\r\n", HttpError::ContentEncoding(coding("x-gzip"))),
        ("name : value\r\n", HttpError::SpaceBeforeColon),
        ("na me: value\r\n", HttpError::HeaderLine),
        ("name\r\n", HttpError::HeaderLine),
        (": value\r\n", HttpError::HeaderLine),
        ("n\u{e4}me: value\r\n", HttpError::HeaderLine),
        (" folded: value\r\n", HttpError::FoldedStatusLine),
        ("name: a\rb\r\n", HttpError::ControlCharacter),
        ("name: a\0\r\n", HttpError::ControlCharacter),
        ("name: a\r\r\n", HttpError::ControlCharacter),
    ] {
        assert_eq!(framed(headers, "{}"), Err(expected), "{headers:?}");
    }
}

#[test]
fn status_lines_of_http_1_and_no_others() {
    for (line, expected) in [
        ("HTTP/1.1 200 OK", Ok((200, true))),
        ("HTTP/1.1 200", Ok((200, true))),
        ("HTTP/1.1 503 ", Ok((503, true))),
        ("HTTP/1.1 999 \u{e4}\t!", Ok((999, true))),
        ("HTTP/1.3 200 OK", Ok((200, true))),
        ("HTTP/1.0 200 OK", Ok((200, false))),
        ("\r\n\nHTTP/1.1 200 OK", Ok((200, true))),
        ("HTTP/1.1 099 OK", Err(HttpError::StatusLine)),
        ("HTTP/1.1 20 OK", Err(HttpError::StatusLine)),
        ("HTTP/1.1 2000", Err(HttpError::StatusLine)),
        ("HTTP/1.1  200", Err(HttpError::StatusLine)),
        ("HTTP/1.1 200 \u{7}", Err(HttpError::ControlCharacter)),
        ("HTTP/1.x 200 OK", Err(HttpError::NotHttp)),
        ("HTTP/2 200 OK", Err(HttpError::NotHttp)),
        ("http/1.1 200 OK", Err(HttpError::NotHttp)),
        ("SSH-2.0", Err(HttpError::NotHttp)),
        (" HTTP/1.1 200 OK", Err(HttpError::NotHttp)),
        ("\r\rHTTP/1.1 200 OK", Err(HttpError::NotHttp)),
    ] {
        let seen = whole(format!("{line}\r\ncontent-length: 0\r\n\r\n").as_bytes());
        assert_eq!(seen.map(|seen| (seen.status, seen.keeps_connection)), expected, "{line:?}");
    }
    let kept = whole(b"HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n").unwrap();
    assert!(kept.keeps_connection);
    let chunked = whole(b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    assert_eq!(chunked, Err(HttpError::ChunkedInHttp10));
}

#[test]
fn what_is_not_http_is_refused_before_its_end() {
    let mut response = Response::new(Buf::counting());
    let mut storage = [0; 100];
    let mut reader = HeadReader::new(&POST, &mut storage);
    reader.room()[..4].copy_from_slice(b"HTTQ");
    assert_eq!(reader.read(4, &mut response), Err(HttpError::NotHttp));
}

#[test]
fn headers_are_shown_in_order_and_without_folds_and_surrounding_space() {
    let head =
        b"HTTP/1.1 200 OK\nA:  1\t\na: \r\nx-long: one\r\n \t two\n\tthree \r\n \r\nB: \xff:\r\n\r\nbody";
    let seen = whole(head).unwrap();
    let header = |name: &str, value: &[u8]| (name.to_string(), value.to_vec());
    let expected = [
        header("A", b"1"),
        header("a", b""),
        header("x-long", b"one   \t two \tthree"),
        header("B", b"\xff:"),
    ];
    assert_eq!((&seen.headers[..], &seen.body[..]), (&expected[..], &b"body"[..]));
}

#[test]
fn responses_that_are_not_final_are_passed_over() {
    let interim =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\ncontent-length: 9\r\n\r\n";
    let bytes = interim.repeat(50) + "HTTP/1.1 204 No Content\r\n\r\n";
    // They take no room for long.
    let seen = receive(&POST, &[bytes.as_bytes()], 100).unwrap();
    assert_eq!((seen.status, seen.headers.len(), seen.keeps_connection), (204, 0, true));
}

#[test]
fn where_there_is_no_body_nothing_is_said_of_it() {
    let headers =
        "content-length: 5\r\ncontent-encoding: gzip\r\ntransfer-encoding: x\r\ncontent-length: 6\r\n\r\n";
    for (method, status) in [("POST", 204), ("POST", 304), ("HEAD", 200)] {
        let bytes = format!("HTTP/1.1 {status} x\r\n{headers}");
        let seen = receive(&Request::new(method, "http://a.example/"), &[bytes.as_bytes()], 1000).unwrap();
        assert_eq!((seen.status, seen.keeps_connection), (status, true));
    }
}

#[test]
fn the_content_coding_of_a_failure_does_not_hide_its_status() {
    for status in [300, 302, 401, 503, 999] {
        let bytes =
            format!("HTTP/1.1 {status} x\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n\u{1f}x");
        let seen = whole(bytes.as_bytes()).unwrap();
        assert_eq!((seen.status, &seen.body[..], seen.keeps_connection), (status, &b"\x1fx"[..], true));
    }
    // Without its transfer coding, the end of a body is not known.
    let coded = whole(b"HTTP/1.1 503 x\r\ntransfer-encoding: gzip\r\n\r\n").unwrap_err();
    assert_eq!(coded, HttpError::TransferEncoding(Coding::new(b"gzip")));
}

#[test]
fn a_coding_that_was_asked_for_is_none_of_our_business() {
    let request = POST.with_headers("Accept-Encoding: gzip\r\n");
    let seen = receive(&request, &[b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f"], 1000).unwrap();
    assert_eq!(seen.body, b"\x1f");
}

#[test]
fn a_head_is_bounded_by_its_buffer_alone() {
    let head = format!("HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "x: y\r\n".repeat(5000));
    assert_eq!(whole(head.as_bytes()).unwrap().headers.len(), 5001);
    for room in [0, 1, 16, head.len() - 1] {
        let error = receive(&POST, &[head.as_bytes()], room).unwrap_err();
        assert_eq!((error, error.kind()), (HttpError::HeadTooLarge, TransportErrorKind::Other));
    }
    assert!(receive(&POST, &[head.as_bytes()], head.len()).is_ok());
}

#[test]
fn chunks_that_are_and_that_are_not() {
    let long = "x".repeat(16 << 10);
    for (body, expected) in [
        ("2\r\n{}\r\n0\r\n\r\n", Ok(())),
        ("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", Ok(())),
        ("00000000000000000002 \t; x=\"y\"\r\n{}\r\n0000\r\na: b\r\nc: d\r\n\r\n", Ok(())),
        ("2 \r\n{}\r\n0;\r\n\r\n", Ok(())),
        (&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", &long[1..]), Ok(())),
        (&format!("2;{long}\r\n{{}}\r\n0\r\n\r\n"), Err(HttpError::ChunkExtras)),
        (&format!("2\r\n{{}}\r\n0\r\nx{long}\r\n\r\n"), Err(HttpError::ChunkExtras)),
        (&format!("2\r\n{{}}\r\n0\r\n{}", "x\r\n".repeat(16385)), Err(HttpError::ChunkExtras)),
        (&"0".repeat(17000), Err(HttpError::ChunkExtras)),
        ("\r\n{}", Err(HttpError::Chunk)),
        (" 2\r\n{}", Err(HttpError::Chunk)),
        (";x\r\n{}", Err(HttpError::Chunk)),
        ("2\n{}\n0\n\n", Err(HttpError::Chunk)),
        ("2x\r\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("2 2\r\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("2;x\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("2\r\n{}}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("2\r\r\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("2\r\n{}\r\n0\r\nx\n\r\n", Err(HttpError::Chunk)),
        ("-2\r\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("0x2\r\n{}\r\n0\r\n\r\n", Err(HttpError::Chunk)),
        ("10000000000000000\r\n{}", Err(HttpError::Chunk)),
        ("ffffffffffffffff\r\n{}", Err(HttpError::BodyCutOff)),
        ("2\r\n{}\r\n0\r\n", Err(HttpError::BodyCutOff)),
        ("2\r\n{}", Err(HttpError::BodyCutOff)),
        ("", Err(HttpError::BodyCutOff)),
    ] {
        let seen = framed("transfer-encoding: chunked\r\n", body);
        let start: String = body.chars().take(40).collect();
        assert_eq!(seen, expected.map(|()| (String::from("{}"), true)), "{start:?}");
    }
}

#[test]
fn a_connection_that_ends_too_early_is_interrupted() {
    for (bytes, expected) in [
        ("", HttpError::NoResponse),
        ("\r\n", HttpError::NoResponse),
        ("\r\n\r", HttpError::HeadCutOff),
        ("HTTP/1.1 200 OK\r\n", HttpError::HeadCutOff),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP", HttpError::HeadCutOff),
        ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}", HttpError::BodyCutOff),
    ] {
        let error = whole(bytes.as_bytes()).unwrap_err();
        assert_eq!((error, error.kind()), (expected, TransportErrorKind::Interrupted), "{bytes:?}");
    }
}

#[test]
fn what_follows_a_response_is_not_a_part_of_it() {
    let seen = whole(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP").unwrap();
    assert_eq!((&seen.body[..], &seen.rest[..]), (&b"{}"[..], &b"HTTP"[..]));
}

#[test]
fn an_error_names_the_coding_and_nothing_that_a_log_must_not_have() {
    let error = framed("content-encoding: zstd\r\n", "x").unwrap_err();
    assert_eq!(error.to_string(), "the response has a Content-Encoding that was not asked for: zstd");
    let error = framed("transfer-encoding: \u{e4} very long name\r\n", "x").unwrap_err();
    assert!(error.to_string().ends_with(": ???very?long"), "{error}");
}

#[test]
fn a_request_has_what_http_demands_and_its_own_headers_verbatim() {
    let request = Request::new("POST", "https://ns.example:8443/a?b=c")
        .with_headers("accept: x\r\nb:  y \r\n")
        .with_credential("authorization: z\r\n")
        .with_body(b"0123456789");
    let mut storage = [0; 200];
    let mut head = Buf::new(&mut storage);
    write_head(&request, &mut head).unwrap();
    let expected = "POST /a?b=c HTTP/1.1\r\nHost: ns.example:8443\r\nContent-Length: 10\r\n\
                    Accept-Encoding: identity\r\naccept: x\r\nb:  y \r\nauthorization: z\r\n\r\n";
    assert_eq!(str::from_utf8(head.filled()), Ok(expected));
    let (mut counted, mut short) = (Buf::counting(), [0; 100]);
    write_head(&request, &mut counted).unwrap();
    assert_eq!(counted.len(), expected.len());
    assert_eq!(write_head(&request, &mut Buf::new(&mut short)), Err(BufFull));
}

#[test]
fn a_request_without_a_body_has_a_length_and_its_own_coding_stays_alone() {
    let request = Request::new("POST", "http://a.example").with_headers("accept-encoding: gzip\r\n");
    let mut storage = [0; 200];
    let mut head = Buf::new(&mut storage);
    write_head(&request, &mut head).unwrap();
    let expected = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\naccept-encoding: gzip\r\n\r\n";
    assert_eq!(str::from_utf8(head.filled()), Ok(expected));
}

/// A response and what it is.
fn well_formed() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let body = proptest::collection::vec(any::<u8>(), 0..300);
    let shape = (0..3_u8, 1..40_usize, 0..3_usize, prop_oneof![Just("\r\n"), Just("\n"), Just("\r\n \t")]);
    (body, shape).prop_map(|(body, (framing, chunk, interim, fold))| {
        let mut bytes = b"HTTP/1.1 100 Continue\r\nx: y\r\n\r\n".repeat(interim);
        let value = if fold == "\n" { "1\n" } else { "1\r\n" };
        let header = match framing {
            0 => format!("content-length: {}\r\n", body.len()),
            1 => String::new(),
            _ => String::from("Transfer-Encoding: CHUNKED\r\n"),
        };
        let folded = if fold.len() > 2 { format!("x: a{fold}b\r\n") } else { String::new() };
        bytes.extend(format!("HTTP/1.1 200 OK\r\na: {value}{folded}{header}\r\n").bytes());
        if framing == 2 {
            for chunk in body.chunks(chunk) {
                bytes.extend(format!("{:x};x=y\r\n", chunk.len()).bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\nx-trailer: y\r\n\r\n");
        } else {
            bytes.extend(&body);
        }
        (bytes, body)
    })
}

/// The bytes in pieces of these sizes, over and over.
fn cut<'b>(mut bytes: &'b [u8], sizes: &[usize]) -> Vec<&'b [u8]> {
    let mut sizes = sizes.iter().cycle();
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(bytes.len().min(*sizes.next().unwrap()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

proptest! {
    #[test]
    fn it_makes_no_difference_how_a_response_is_cut(
        (bytes, body) in well_formed(),
        sizes in proptest::collection::vec(1..50_usize, 1..8),
    ) {
        let seen = receive(&POST, &cut(&bytes, &sizes), 1000);
        prop_assert_eq!(seen.as_ref().map(|seen| &seen.body), Ok(&body));
        prop_assert_eq!(seen, whole(&bytes));
    }

    #[test]
    fn nor_does_it_where_the_response_is_broken(
        (mut bytes, _) in well_formed(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<u8>(),
            prop::sample::select(b"\r\n \t:;,0fF".to_vec()),
        ]), 1..6),
        sizes in proptest::collection::vec(1..50_usize, 1..8),
    ) {
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let without_rest = |seen: Result<Seen, HttpError>| seen.map(|seen| Seen { rest: Vec::new(), ..seen });
        prop_assert_eq!(without_rest(receive(&POST, &cut(&bytes, &sizes), 1 << 16)), without_rest(whole(&bytes)));
    }
}
