//! What the trait [`Transport`](eventgrid::Transport) promises, row by row.

mod answer;
mod body;
mod broken;
mod connect;
mod proxy;
mod refused;
mod reuse;
mod roots;
mod sent;
mod shared;
mod time;
mod tls;

use crate::{Part, Row};

/// An answer that is a success.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

pub(crate) fn all() -> impl Iterator<Item = Row> {
    let files = [
        sent::ROWS,
        answer::ROWS,
        body::ROWS,
        broken::ROWS,
        connect::ROWS,
        time::ROWS,
        reuse::ROWS,
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

/// The same answer in every framing: with a length, in chunks, until the connection ends.
pub(crate) fn framings(status: u16, body: &[u8]) -> [Vec<u8>; 3] {
    [answer(status, body), chunked_answer(status, body), answer_until_close(status, body)]
}

/// An answer whose body has its length.
fn answer(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status} Some Reason\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An answer whose body comes in chunks of some sizes.
fn chunked_answer(status: u16, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status} Some Reason\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    let mut size = 1;
    let mut rest = body;
    while !rest.is_empty() {
        let (chunk, behind) = rest.split_at(size.min(rest.len()));
        answer.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        answer.extend(chunk);
        answer.extend(b"\r\n");
        rest = behind;
        size = (size * 3) % 70_001;
    }
    answer.extend(b"0\r\n\r\n");
    answer
}

/// An answer whose body ends with the connection.
fn answer_until_close(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Some Reason\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// Bytes that repeat after a while only, of any values.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * i / 7 + i).to_le_bytes()[0]).collect()
}
