//! A response on a connection that then ends: the reader of `eventgrid-transport` agrees with
//! `httparse` and with a naive reader of bodies, however the bytes are cut.

use std::collections::VecDeque;
use std::sync::LazyLock;

use eventgrid_transport::http1::{Body, HeadReader, HttpError};
use eventgrid_transport::{Buf, Request, Response};
use regex::bytes::Regex;

/// The most bytes that may stand between chunks in vain.
const EXTRAS: usize = 16 << 10;

/// A response as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    keeps_connection: bool,
}

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    for method in ["POST", "HEAD"] {
        let request = Request::new(method, "http://a.example/");
        let expected = read_naively(input, method == "HEAD");
        let seen = receive(&request, input, usize::MAX);
        match (&seen, &expected) {
            (Ok(seen), Some(expected)) => assert_eq!(seen, expected),
            (Err(_), None) => {}
            _ => panic!("{seen:?}, but expected {expected:?}"),
        }
        for size in [1, 2, 3, 7, 50] {
            assert_eq!(receive(&request, input, size), seen, "in pieces of {size} bytes");
        }
    }
}

/// Reads the response in pieces of that size at the most.
fn receive(request: &Request<'_>, input: &[u8], size: usize) -> Result<Seen, HttpError> {
    let mut input: VecDeque<u8> = input.iter().copied().collect();
    let mut read = |room: &mut [u8]| {
        let read = room.len().min(size).min(input.len());
        room.iter_mut().zip(input.drain(..read)).for_each(|(to, from)| *to = from);
        read
    };
    let mut headers = Vec::new();
    let mut sink = |name: &str, value: &[u8]| headers.push((name.to_owned(), value.to_owned()));
    let mut body_bytes = Vec::new();
    let mut response = Response::new(Buf::growable(&mut body_bytes, 1 << 24)).with_headers(&mut sink);
    let mut storage = vec![0; 1 << 16];
    let mut reader = HeadReader::new(request, &mut storage);
    let head = loop {
        let came = read(reader.room());
        if let Some(head) = reader.read(came, &mut response)? {
            break head;
        }
    };
    let mut body = Body::new(head.framing);
    let (buffer, mut received) = reader.into_rest();
    while !body.is_done() {
        let mut rest = &buffer[received.clone()];
        response.write(body.next(&mut rest)?);
        received.start = received.end - rest.len();
        if !rest.is_empty() || body.is_done() {
            continue;
        }
        let wanted = usize::try_from(body.wanted()).unwrap_or(usize::MAX);
        let came = if wanted > 0 {
            let room = response.room(wanted.min(1000));
            let end = room.len().min(wanted);
            let came = read(&mut room[..end]);
            response.advance(came);
            body.advance(came);
            came
        } else {
            received = 0..read(buffer);
            received.len()
        };
        if came == 0 {
            body.end()?;
            break;
        }
    }
    let body = response.body().to_vec();
    Ok(Seen { status: head.status, headers, body, keeps_connection: head.keeps_connection })
}

/// The same by another reader of heads, and with all bytes at once. `None` if it is refused.
fn read_naively(mut input: &[u8], is_head: bool) -> Option<Seen> {
    loop {
        let mut bytes = input.to_vec();
        let start = bytes.iter().position(|byte| !b"\r\n".contains(byte))?;
        // Later minor versions mean what 1.1 does; `httparse` does not know them.
        if let Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'2'..=b'9']) =
            bytes.get_mut(start..start + 8)
        {
            *minor = b'1';
        }
        let mut headers = vec![httparse::EMPTY_HEADER; bytes.len()];
        let mut response = httparse::Response::new(&mut headers);
        let mut config = httparse::ParserConfig::default();
        config.allow_obsolete_multiline_headers_in_responses(true);
        let httparse::Status::Complete(end) = config.parse_response(&mut response, &bytes).ok()? else {
            return None;
        };
        let (status, version) = (response.code?, response.version?);
        if status < 100 {
            return None;
        }
        if status < 200 {
            input = &input[end..];
            continue;
        }
        let headers: Vec<_> =
            response.headers.iter().map(|header| (header.name.to_owned(), unfolded(header.value))).collect();
        let (body, keeps_connection) = body(&headers, status, version == 0, is_head, &input[end..])?;
        return Some(Seen { status, headers, body, keeps_connection });
    }
}

/// A value with spaces where a line ended.
fn unfolded(value: &[u8]) -> Vec<u8> {
    value.iter().map(|byte| if b"\r\n".contains(byte) { b' ' } else { *byte }).collect()
}

/// The body, and whether the connection can be used again.
fn body(
    headers: &[(String, Vec<u8>)],
    status: u16,
    is_http_1_0: bool,
    is_head: bool,
    rest: &[u8],
) -> Option<(Vec<u8>, bool)> {
    // The elements of all headers of that name, in lower case.
    let elements = |name: &str| -> Vec<String> {
        let values = headers.iter().filter(|header| header.0.eq_ignore_ascii_case(name));
        let lists = values.map(|(_, value)| value.iter().map(|&byte| char::from(byte)).collect::<String>());
        let elements = lists.flat_map(|list| {
            list.split(',')
                .map(|element| element.trim_matches([' ', '\t']).to_ascii_lowercase())
                .collect::<Vec<_>>()
        });
        elements.collect()
    };
    let options = elements("connection");
    let has = |option: &str| options.iter().any(|other| other == option);
    let persists = !has("close") && (!is_http_1_0 || has("keep-alive"));
    if is_head || [204, 304].contains(&status) {
        return Some((Vec::new(), persists));
    }
    let codings = |name: &str| -> Vec<_> {
        elements(name).into_iter().filter(|coding| !coding.is_empty() && coding != "identity").collect()
    };
    let lengths = elements("content-length");
    let (body, keeps_connection) = match codings("transfer-encoding").as_slice() {
        [] if lengths.is_empty() => (rest.to_vec(), false),
        [] => {
            let is_number =
                |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let numbers: Option<Vec<u64>> =
                lengths.iter().map(|text| is_number(text).then(|| text.parse().ok())?).collect();
            let numbers = numbers?;
            let length = numbers[0];
            if numbers.iter().any(|other| *other != length) {
                return None;
            }
            // If it does not come, that is an error, but a coding is told before it: the result is
            // the same.
            (rest.get(..usize::try_from(length).ok()?)?.to_vec(), persists)
        }
        [chunked] if chunked == "chunked" && !is_http_1_0 => {
            (dechunked(rest)?, persists && lengths.is_empty())
        }
        _ => return None,
    };
    let is_empty =
        lengths.iter().any(|length| length.parse() == Ok(0_u64)) && codings("transfer-encoding").is_empty();
    let is_success = (200..300).contains(&status);
    (is_empty || !is_success || codings("content-encoding").is_empty()).then_some((body, keeps_connection))
}

/// The data of chunks.
fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    static SIZE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s-u)\A([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r\n").expect("a valid pattern")
    });
    static TRAILER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s-u)\A([^\r\n]*)\r\n").expect("a valid pattern"));
    let (mut data, mut extras) = (Vec::new(), 0);
    loop {
        let line = SIZE.captures(rest)?;
        let digits = std::str::from_utf8(&line[1]).ok()?;
        extras += line[0].len() - 2 - digits.len().min(16);
        let significant = digits.trim_start_matches('0');
        let size = if significant.is_empty() { 0 } else { u64::from_str_radix(significant, 16).ok()? };
        rest = &rest[line[0].len()..];
        if size == 0 {
            break;
        }
        let size = usize::try_from(size).ok()?;
        data.extend(rest.get(..size)?);
        rest = rest[size..].strip_prefix(b"\r\n")?;
    }
    loop {
        let line = TRAILER.captures(rest)?;
        rest = &rest[line[0].len()..];
        extras += line[1].len();
        if line[1].is_empty() {
            return (extras <= EXTRAS).then_some(data);
        }
    }
}
