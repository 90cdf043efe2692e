//! The head of a response: where it ends, and what follows it.

use core::ops::Range;

use super::body::Framing;
use super::error::HttpError;
use super::fields::Fields;
use super::lines::{Lines, end_of_head, header, status_line};
use super::request::CODING;
use crate::bytes::position;
use crate::request::Request;
use crate::response::Response;

/// What the head of a response says about what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The status.
    pub status: u16,
    /// How the end of the body is known.
    pub framing: Framing,
    /// Whether the connection can be used again once the body was read to its end.
    pub keeps_connection: bool,
}

/// Reads the head of a response into a buffer, in pieces of any size.
///
/// The buffer bounds how large a head can be; nothing else does. The module has an example.
#[derive(Debug)]
pub struct HeadReader<'b> {
    buffer: &'b mut [u8],
    /// What of the buffer was received.
    len: usize,
    /// In how many bytes there is no end of a head.
    scanned: usize,
    /// Where what follows the head begins, once it is complete.
    end: usize,
    /// Whether the request is a `HEAD`, whose response has no body.
    is_bodiless: bool,
    /// Whether the request asks for a content coding itself.
    any_coding: bool,
}

impl<'b> HeadReader<'b> {
    /// A reader for the response to `request`. It looks at the method of the request and whether it
    /// asks for a content coding.
    pub fn new(request: &Request<'_>, buffer: &'b mut [u8]) -> Self {
        let any_coding = request.has_header(CODING);
        Self { buffer, len: 0, scanned: 0, end: 0, is_bodiless: request.method() == "HEAD", any_coding }
    }

    /// Where the next bytes of the connection are read to. It is never empty, unless the buffer is.
    pub fn room(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.len..).unwrap_or_default()
    }

    /// Takes the first `read` bytes of [`room`](Self::room), where 0 is the end of the connection.
    /// Once the head is there, shows it to `response` and returns what it says.
    ///
    /// # Errors
    /// The connection ended, the buffer is full, or what came is not a head that can be read; see
    /// [`HttpError`]. Some errors come after `response` has seen the status and headers.
    pub fn read(&mut self, read: usize, response: &mut Response<'_>) -> Result<Option<Head>, HttpError> {
        if read == 0 {
            return Err(match self.len {
                _ if self.buffer.is_empty() => HttpError::HeadTooLarge,
                0 => HttpError::NoResponse,
                _ => HttpError::HeadCutOff,
            });
        }
        self.len = self.buffer.len().min(self.len + read);
        loop {
            self.discard_empty_lines();
            let received = self.buffer.get(..self.len).unwrap_or_default();
            if !begins_like_http(received) {
                return Err(HttpError::NotHttp);
            }
            let Some(end) = end_of_head(received, self.scanned) else {
                self.scanned = self.len;
                let is_full = self.len == self.buffer.len();
                return if is_full { Err(HttpError::HeadTooLarge) } else { Ok(None) };
            };
            let head = self.buffer.get_mut(..end).unwrap_or_default();
            if let Some(head) = parse(head, self.is_bodiless, self.any_coding, response)? {
                self.end = end;
                return Ok(Some(head));
            }
            // A response that is not final (1xx): another one follows.
            self.discard(end);
        }
    }

    /// The buffer, and where in it that is what came after the head.
    pub fn into_rest(self) -> (&'b mut [u8], Range<usize>) {
        (self.buffer, self.end..self.len)
    }

    fn discard_empty_lines(&mut self) {
        while let [b'\n', ..] | [b'\r', b'\n', ..] = self.buffer.get(..self.len).unwrap_or_default() {
            self.discard(1);
        }
    }

    /// Makes room by forgetting the first bytes.
    fn discard(&mut self, length: usize) {
        if length <= self.len {
            self.buffer.copy_within(length..self.len, 0);
            self.len -= length;
            self.scanned = 0;
        }
    }
}

/// Whether these may be the first bytes of a response.
fn begins_like_http(received: &[u8]) -> bool {
    // Half of an empty line.
    received == b"\r" || received.iter().zip(b"HTTP/1.").all(|(byte, expected)| byte == expected)
}

/// Reads a complete head; `None` if it is that of a response that is not final.
#[inline(never)]
fn parse(
    head: &mut [u8],
    is_bodiless: bool,
    any_coding: bool,
    response: &mut Response<'_>,
) -> Result<Option<Head>, HttpError> {
    let first_header = position(head, b'\n').and_then(|end| head.get(end + 1));
    if matches!(first_header, Some(b' ' | b'\t')) {
        return Err(HttpError::FoldedStatusLine);
    }
    let mut lines = Lines(head);
    let (status, http_1_0) = status_line(lines.next())?;
    let is_final = status >= 200;
    if is_final {
        response.begin(status);
    }
    let mut fields = Fields::default();
    loop {
        let line = lines.next();
        if line.is_empty() && !is_final {
            return Ok(None);
        }
        if line.is_empty() {
            return fields.head(status, http_1_0, is_bodiless, any_coding).map(Some);
        }
        let (name, value) = header(line)?;
        if is_final {
            response.header(name, value);
        }
        fields.header(name, value);
    }
}
