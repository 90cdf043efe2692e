//! What the trait [`Transport`](eventgrid::Transport) promises, row by row.

mod body;
mod broken;
mod close;
mod connect;
mod open;
mod progress;
mod proxy;
mod refused;
mod response;
mod reuse;
mod roots;
mod sent;
mod servers;
mod shared;
mod time;
mod tls;

use crate::part::Part;
use crate::part::Row;

/// More than the network takes in before the other side reads any of it.
pub(crate) const LARGE: usize = 16 << 20;

/// A response that is a success.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

pub(crate) fn all() -> impl Iterator<Item = Row> {
    let files = [
        sent::ROWS,
        response::ROWS,
        body::ROWS,
        broken::ROWS,
        connect::ROWS,
        servers::ROWS,
        time::ROWS,
        progress::ROWS,
        reuse::ROWS,
        close::ROWS,
        open::ROWS,
        shared::ROWS,
        proxy::ROWS,
        tls::ROWS,
        roots::ROWS,
    ];
    files.into_iter().flatten().copied()
}

/// What an adapter without some parts does instead.
pub(crate) fn refused(without: &[Part]) -> impl Iterator<Item = Row> {
    let rows = if without.contains(&Part::Tls) { refused::ROWS } else { &[] };
    rows.iter().copied()
}

/// The same response in every framing: with a length, in chunks, until the connection ends.
pub(crate) fn framings(status: u16, body: &[u8]) -> [Vec<u8>; 3] {
    [response(status, body), chunked_response(status, body), response_until_close(status, body)]
}

/// A response whose body has its length.
fn response(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status} Some Reason\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A response whose body comes in chunks of some sizes.
fn chunked_response(status: u16, body: &[u8]) -> Vec<u8> {
    let mut response =
        format!("HTTP/1.1 {status} Some Reason\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    let mut size = 1;
    let mut rest = body;
    while !rest.is_empty() {
        let (chunk, behind) = rest.split_at(size.min(rest.len()));
        response.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        response.extend(chunk);
        response.extend(b"\r\n");
        rest = behind;
        size = (size * 3) % 70_001;
    }
    response.extend(b"0\r\n\r\n");
    response
}

/// A response whose body ends with the connection.
fn response_until_close(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Some Reason\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// Bytes that repeat after a while only, of any values.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * i / 7 + i).to_le_bytes()[0]).collect()
}
