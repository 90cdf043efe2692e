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
    /// The HTTP status, 200 to 999: 1xx responses are passed over.
    pub status: u16,
    /// How the end of the body is recognized.
    pub framing: Framing,
    /// Whether the connection can be used again after the body was read to its end.
    pub keeps_connection: bool,
}

impl Head {
    /// The head of the response to `request`, for a transport whose HTTP library reads heads. What
    /// the library does not check is checked here: above all, whether the body has a coding that
    /// nobody removes.
    ///
    /// `http_1_0` says that the response is one of HTTP/1.0.
    ///
    /// # Errors
    /// [`HttpError`] for what [`HeadReader`] refuses in the headers that concern the body: codings
    /// that were not asked for, and lengths that differ or are not numbers. The content coding
    /// matters only if the status is a success.
    ///
    /// ```
    /// use eventgrid_transport::Request;
    /// use eventgrid_transport::http1::Head;
    ///
    /// let request = Request::new("POST", "https://ns.example/topics/orders:publish");
    /// let headers: [(&str, &[u8]); 2] = [("content-encoding", b"gzip"), ("content-length", b"20")];
    /// let error = Head::of(&request, 200, false, headers).unwrap_err();
    /// assert!(error.to_string().ends_with("gzip"));
    /// // This response has no body.
    /// assert!(Head::of(&request, 204, false, headers).is_ok());
    /// ```
    pub fn of<'h>(
        request: &Request<'_>,
        status: u16,
        http_1_0: bool,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Result<Self, HttpError> {
        let mut fields = Fields::default();
        for (name, value) in headers {
            fields.header(name, value);
        }
        fields.head(status, http_1_0, is_bodiless(request), request.has_header(CODING))
    }
}

/// Whether the response to the request has no body, whatever its headers say.
fn is_bodiless(request: &Request<'_>) -> bool {
    request.method() == "HEAD"
}

/// Reads the head of a response into a buffer, in pieces of any size.
///
/// Only the size of the buffer limits how large a head can be. The docs of the module have an
/// example.
#[derive(Debug)]
pub struct HeadReader<'b> {
    buffer: &'b mut [u8],
    /// How many bytes of the buffer were received.
    len: usize,
    /// How many bytes were searched and have no end of a head in them.
    scanned: usize,
    /// Where the bytes after the head begin, once the head is complete.
    end: usize,
    /// Whether the request is a `HEAD`, whose response has no body.
    is_bodiless: bool,
    /// Whether the request asks for a content coding itself.
    any_coding: bool,
}

impl<'b> HeadReader<'b> {
    /// A reader for the response to `request`. What the response may be depends on the method of
    /// the request, and on whether it asks for a content coding.
    pub fn new(request: &Request<'_>, buffer: &'b mut [u8]) -> Self {
        let any_coding = request.has_header(CODING);
        Self { buffer, len: 0, scanned: 0, end: 0, is_bodiless: is_bodiless(request), any_coding }
    }

    /// The free room of the buffer, to read the next bytes of the connection into. It is empty only
    /// if the whole buffer has a length of zero.
    pub fn room(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.len..).unwrap_or_default()
    }

    /// Takes the first `read` bytes of [`room`](Self::room); 0 means that the connection has ended.
    /// Once the head is complete, it is passed to `response`, and the result says what follows it.
    /// Until then the result is `None`.
    ///
    /// # Errors
    /// [`HttpError`] if the connection ended, if the buffer is full, or if the bytes are not a head
    /// that can be read. Some errors come after the status and headers were passed to `response`.
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

    /// The buffer, and the range in it of the bytes that came after the head.
    pub fn into_rest(self) -> (&'b mut [u8], Range<usize>) {
        (self.buffer, self.end..self.len)
    }

    fn discard_empty_lines(&mut self) {
        while let [b'\n', ..] | [b'\r', b'\n', ..] = self.buffer.get(..self.len).unwrap_or_default() {
            self.discard(1);
        }
    }

    /// Removes the first `length` bytes to make room.
    fn discard(&mut self, length: usize) {
        if length <= self.len {
            self.buffer.copy_within(length..self.len, 0);
            self.len -= length;
            self.scanned = 0;
        }
    }
}

/// Whether these can be the first bytes of a response.
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
