//! The response to one attempt: its head, and where its body goes.
//!
//! What a transport reports goes through [`Response`]; what is made of a status, a body or a batch
//! of events is the client's.

mod head;
mod request_id;
mod retry_after;

pub use head::ResponseHead;
pub use request_id::RequestId;

use core::fmt;
use core::time::Duration;

use crate::buffer::{Buf, BufFull};

/// The most that is reserved because a head says how long its body is: that is only a promise.
const RESERVED: u64 = 1 << 20;

/// How many bytes are read at once that there may be no room for.
const BEYOND: usize = 32;

/// The response to one attempt, filled in by a transport: first its head, then its body.
///
/// It owns both, and what happens to a body that does not fit is its business: a transport reads
/// into [`room`](Self::room), or [writes](Self::write) what it has, and stops when the response [is
/// full](Self::is_full).
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
    /// Where bytes are read to while there may be no room for them: whether there are any, only
    /// reading tells.
    beyond: [u8; BEYOND],
}

/// Sees every header of a response, by name and value.
pub type HeaderSink<'s> = dyn FnMut(&str, &[u8]) + Send + 's;

/// Makes room in the body of a success that does not fit.
pub trait Overflow: Send {
    /// Takes out of the body what is not needed, and returns whether more of it can be of use.
    /// Called when the body is full and more came.
    fn make_room(&mut self, body: &mut Buf<'_>) -> bool;
}

/// What came of an attempt; by default, nothing.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReceivedResponse {
    /// The head, with status 0 if none came.
    pub head: ResponseHead,
    /// How many bytes of the body are in the buffer.
    pub len: usize,
    /// Whether there was more of the body than the buffer took.
    pub is_full: bool,
    /// How far it went.
    pub progress: Progress,
}

/// How far an attempt went, also if it failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes of the request, head and body, were handed to the network.
    pub sent: u64,
    /// How many bytes of the response's body came.
    pub received: u64,
    /// How long after the beginning of the attempt the first byte of the response came, if one did
    /// and the transport has a clock. The locks of received events are no older.
    pub first_byte: Option<Duration>,
}

impl<'r> Response<'r> {
    /// A response whose body goes into `body`, which must be empty.
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

    /// Shows every header to `sink` as well.
    #[must_use]
    pub fn with_headers(self, sink: &'r mut HeaderSink<'r>) -> Self {
        Self { headers: Some(sink), ..self }
    }

    /// Leaves it to `overflow` to make room for the body of a success that does not fit.
    #[must_use]
    pub fn with_overflow(self, overflow: &'r mut (dyn Overflow + 'r)) -> Self {
        Self { overflow: Some(overflow), ..self }
    }

    /// Starts with the status, after all 1xx responses. Called by transports, before everything
    /// else.
    pub fn begin(&mut self, status: u16) {
        self.head.begin(status);
        self.body.clear();
        self.is_full = false;
    }

    /// Takes one header. Called by transports, for every header, in the order they came.
    pub fn header(&mut self, name: &str, value: &[u8]) {
        if let Some(sink) = &mut self.headers {
            sink(name, value);
        }
        self.head.header(name, value);
    }

    /// Makes room at once for a body of that length, if the buffer grows: up to 1 MiB, since the
    /// length is only a promise. Called by transports that know it.
    pub fn expect(&mut self, length: u64) {
        // One byte more, so that the end is seen without growing.
        self.body.reserve(usize::try_from(length.min(RESERVED)).unwrap_or_default() + 1);
    }

    /// Room to read the next bytes of the body into. Say by [`advance`](Self::advance) how many
    /// came.
    ///
    /// It is empty exactly if the response [is full](Self::is_full). In a buffer that grows there
    /// is room for `wanted` bytes, as long as its limit allows.
    pub fn room(&mut self, wanted: usize) -> &mut [u8] {
        if self.is_full {
            return &mut [];
        }
        if self.has_spare(wanted) { self.body.spare_mut(wanted) } else { &mut self.beyond }
    }

    /// Counts the first `read` bytes of [`room`](Self::room) as a part of the body.
    ///
    /// # Panics
    /// In a debug build, if there was not that much room.
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

    /// Whether no more of the body is wanted. A transport then stops reading, closes the connection
    /// and reports success: what the full buffer means is for the client to say.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Says how many bytes of the request, head and body, were handed to the network so far. Called
    /// by transports, at the latest when the attempt fails.
    pub fn set_sent(&mut self, bytes: u64) {
        self.progress.sent = bytes;
    }

    /// Says how long after the beginning of `send` the first byte of the response came. Called by
    /// transports that have a clock.
    pub fn set_first_byte(&mut self, after: Duration) {
        self.progress.first_byte = Some(after);
    }

    /// The head, as far as it came.
    pub fn head(&self) -> &ResponseHead {
        &self.head
    }

    /// The body, as far as it is in the buffer.
    pub fn body(&self) -> &[u8] {
        self.body.filled()
    }

    /// How many bytes of a body there is room for in all.
    pub fn limit(&self) -> usize {
        self.body.limit()
    }

    /// How far the attempt went.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// What came of the attempt, independent of the buffer.
    pub fn finish(self) -> ReceivedResponse {
        ReceivedResponse {
            len: self.body.len(),
            head: self.head,
            is_full: self.is_full,
            progress: self.progress,
        }
    }

    /// Whether bytes can be read straight into the body.
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
