//! The response to one attempt: its head, and where its body goes.
//!
//! A transport reports everything through [`Response`]. What a status, a body or a batch of events
//! means is not here: the client decides that.

mod head;
mod request_id;
mod retry_after;

pub use head::ResponseHead;
pub use request_id::RequestId;

use core::fmt;
use core::time::Duration;

use crate::buffer::{Buf, BufFull};

/// How many bytes are reserved at most because a head states the length of its body. The head may
/// be wrong.
const RESERVED: u64 = 1 << 20;

/// How many bytes are read at once when the body may have no room for them.
const BEYOND: usize = 32;

/// The response to one attempt, filled in by a transport: first its head, then its body.
///
/// A transport reads the body into [`room`](Self::room), or passes pieces of it to
/// [`write`](Self::write), and stops when the response [is full](Self::is_full). It need not care
/// about a body that does not fit: the response does.
///
/// ```
/// use eventgrid_transport::{Buf, Response};
///
/// let mut storage = [0; 16];
/// let mut response = Response::new(Buf::new(&mut storage));
/// // What a transport does.
/// response.begin(200);
/// response.header("content-length", b"2");
/// response.write(b"{}");
/// // What its caller sees.
/// let received = response.finish();
/// assert_eq!((received.head.status(), received.len), (200, 2));
/// assert_eq!(storage[..2], *b"{}");
/// ```
pub struct Response<'r> {
    head: ResponseHead,
    headers: Option<&'r mut HeaderSink<'r>>,
    overflow: Option<&'r mut (dyn Overflow + 'r)>,
    body: Buf<'r>,
    is_full: bool,
    progress: Progress,
    /// Where bytes are read to when the body is full. Only reading shows whether the body has
    /// ended.
    beyond: [u8; BEYOND],
}

/// A closure that sees the name and value of every header of a response.
pub type HeaderSink<'s> = dyn FnMut(&str, &[u8]) + Send + 's;

/// Makes room in the buffer when the body of a 2xx response does not fit.
pub trait Overflow: Send {
    /// Removes from `body` what is not needed, and returns whether more of the body is wanted. It
    /// is called when the buffer is full and more bytes came.
    fn make_room(&mut self, body: &mut Buf<'_>) -> bool;
}

/// The result of an attempt, without its buffer. The default is that of an attempt without a
/// response.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReceivedResponse {
    /// The head. Its status is 0 if none came.
    pub head: ResponseHead,
    /// How many bytes of the body are in the buffer.
    pub len: usize,
    /// Whether the body was longer than the buffer.
    pub is_full: bool,
    /// How far the attempt went.
    pub progress: Progress,
}

/// How far an attempt went. It is also known of an attempt that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes of the request, its head and body together, were handed to the network.
    pub sent: u64,
    /// How many bytes of the response's body came.
    pub received: u64,
    /// The time from the beginning of the attempt to the first byte of the response, if one came
    /// and the transport has a clock. The locks of received events began before that byte came, and
    /// after the attempt began.
    pub first_byte: Option<Duration>,
}

impl<'r> Response<'r> {
    /// A response whose body is stored in `body`, which must be empty.
    pub fn new(body: Buf<'r>) -> Self {
        Self {
            head: ResponseHead::default(),
            headers: None,
            overflow: None,
            body,
            is_full: false,
            progress: Progress::default(),
            beyond: [0; BEYOND],
        }
    }

    /// Also passes every header to `sink`.
    #[must_use]
    pub fn with_headers(self, sink: &'r mut HeaderSink<'r>) -> Self {
        Self { headers: Some(sink), ..self }
    }

    /// Calls `overflow` to make room when the body of a 2xx response does not fit.
    #[must_use]
    pub fn with_overflow(self, overflow: &'r mut (dyn Overflow + 'r)) -> Self {
        Self { overflow: Some(overflow), ..self }
    }

    /// Sets the status, and removes all that came before. A transport calls it first, with the
    /// status of the response that follows all 1xx responses.
    pub fn begin(&mut self, status: u16) {
        self.head.begin(status);
        self.body.clear();
        self.is_full = false;
    }

    /// Takes one header. A transport calls it for every header, in the order in which they came.
    pub fn header(&mut self, name: &str, value: &[u8]) {
        if let Some(sink) = &mut self.headers {
            sink(name, value);
        }
        self.head.header(name, value);
    }

    /// Makes room at once for a body of `length` bytes, if the buffer can grow: at most 1 MiB,
    /// since the stated length may be wrong. A transport that knows the length may call it.
    pub fn expect(&mut self, length: u64) {
        // One byte more, so that the end of the body is seen without growing.
        self.body.reserve(usize::try_from(length.min(RESERVED)).unwrap_or_default() + 1);
    }

    /// The room to read the next bytes of the body into. Call [`advance`](Self::advance) with the
    /// number of bytes that came.
    ///
    /// It is empty if and only if the response [is full](Self::is_full). A buffer that can grow
    /// makes room for `wanted` bytes, as far as its limit allows.
    pub fn room(&mut self, wanted: usize) -> &mut [u8] {
        if self.is_full {
            return &mut [];
        }
        if self.has_spare(wanted) { self.body.spare_mut(wanted) } else { &mut self.beyond }
    }

    /// Counts the first `read` bytes of [`room`](Self::room) as a part of the body.
    ///
    /// # Panics
    /// In a debug build, if the room was smaller than `read` bytes.
    pub fn advance(&mut self, read: usize) {
        if self.has_spare(1) {
            self.body.advance(read);
            self.progress.received += read as u64;
        } else {
            let beyond = self.beyond;
            self.write(beyond.get(..read).unwrap_or(&beyond));
        }
    }

    /// Appends a piece of the body.
    pub fn write(&mut self, mut piece: &[u8]) {
        self.progress.received += piece.len() as u64;
        while !self.is_full {
            let room = self.body.limit().saturating_sub(self.body.len()).min(piece.len());
            let (fits, rest) = piece.split_at_checked(room).unwrap_or_default();
            self.is_full = self.body.extend(fits) == Err(BufFull);
            if rest.is_empty() {
                return;
            }
            piece = rest;
            self.make_room();
        }
    }

    /// Whether no more of the body is wanted. The transport then stops reading, closes the
    /// connection and returns `Ok`: the client decides what a full buffer means.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Sets how many bytes of the request, its head and body together, were handed to the network
    /// so far. A transport calls it before `send` returns, also if the attempt failed.
    pub fn set_sent(&mut self, bytes: u64) {
        self.progress.sent = bytes;
    }

    /// Sets the time from the beginning of `send` to the first byte of the response. A transport
    /// that has a clock calls it.
    pub fn set_first_byte(&mut self, after: Duration) {
        self.progress.first_byte = Some(after);
    }

    /// The head, as far as it has come.
    pub fn head(&self) -> &ResponseHead {
        &self.head
    }

    /// The part of the body that is in the buffer.
    pub fn body(&self) -> &[u8] {
        self.body.filled()
    }

    /// How many bytes of a body the buffer can hold in all.
    pub fn limit(&self) -> usize {
        self.body.limit()
    }

    /// How far the attempt went.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Ends the response, and returns the result of the attempt without borrowing the buffer.
    pub fn finish(self) -> ReceivedResponse {
        ReceivedResponse {
            len: self.body.len(),
            head: self.head,
            is_full: self.is_full,
            progress: self.progress,
        }
    }

    /// Whether the buffer has free room to read into.
    fn has_spare(&mut self, wanted: usize) -> bool {
        !self.body.spare_mut(wanted).is_empty()
    }

    #[inline(never)]
    fn make_room(&mut self) {
        let overflow = if self.head.is_success() { self.overflow.as_deref_mut() } else { None };
        let goes_on = overflow.is_some_and(|overflow| overflow.make_room(&mut self.body));
        self.is_full = !goes_on || self.body.len() >= self.body.limit();
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("body", &self.body)
            .field("is_full", &self.is_full)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
