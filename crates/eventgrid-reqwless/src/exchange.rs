//! One request and its response, over an open connection.

use core::ops::Range;
use core::time::Duration;

use embassy_futures::select::Either;
use embedded_io_async::Error as _;
use eventgrid::TransportErrorKind::{Configuration, Interrupted, Timeout, Tls};
use eventgrid::{AsyncSleep, Buf, Request, Response, TransportError};
use eventgrid_transport::http1::{Body, Framing, Head, HeadReader, write_head};
use reqwless::request::Method;

use crate::clock::Clock;
use crate::error::Error;
use crate::socket::Socket;

/// What to do with the connection after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// It can be used again.
    Keep,
    /// It is closed cleanly.
    Close,
    /// It is aborted, because the service sends more or waits for more.
    Abort,
}

const IDLE_SENDING: &str = "the service took no byte of the request for too long";
const IDLE_BODY: &str = "no byte of the response's body came for too long";
const NO_HEAD: &str = "the response took too long";

/// How many bytes are reserved at most in a buffer that can grow, because the service says that
/// they will come.
const RESERVED: usize = 64 << 10;

/// An operation of a socket.
enum Operation<'o> {
    Write(&'o [u8]),
    WriteUnlessReadable(&'o [u8]),
    Flush,
    Read(&'o mut [u8]),
}

/// The result of an operation, unless the time was up.
type Done<E> = Either<Result<Option<usize>, E>, ()>;

/// A response whose head has come.
pub(crate) struct Begun {
    pub(crate) head: Head,
    /// Whether the whole request was sent before.
    is_sent: bool,
    /// The range of the buffer that has the bytes after the head.
    pub(crate) received: Range<usize>,
}

impl Begun {
    /// What to do with the connection. `is_whole` says whether the body came to its end and no byte
    /// came after it.
    pub(crate) fn afterwards(&self, is_whole: bool) -> Afterwards {
        match is_whole && self.is_sent {
            true if self.head.keeps_connection => Afterwards::Keep,
            true => Afterwards::Close,
            false => Afterwards::Abort,
        }
    }
}

/// A request in progress.
pub(crate) struct Exchange<'e, 't, S, T> {
    pub(crate) socket: &'e mut S,
    pub(crate) clock: &'e mut Clock<'t, T>,
    /// How many bytes were handed to the network.
    pub(crate) sent: &'e mut u64,
    /// How long the head may take after the request was sent.
    pub(crate) response_time: Duration,
}

impl<S: Socket, T: AsyncSleep> Exchange<'_, '_, S, T> {
    /// Sends the request and reads its response. `buffer` is for both heads.
    pub(crate) async fn run(
        &mut self,
        request: &Request<'_>,
        buffer: &mut [u8],
        response: &mut Response<'_>,
    ) -> Result<Afterwards, Error> {
        let begun = self.begin(request, buffer, response).await?;
        let received = begun.received.clone();
        let is_whole = self.read_body(begun.head.framing, buffer, received, response).await?;
        Ok(begun.afterwards(is_whole))
    }

    /// Sends the request and reads the head of its response. `buffer` is for both heads.
    pub(crate) async fn begin(
        &mut self,
        request: &Request<'_>,
        buffer: &mut [u8],
        response: &mut Response<'_>,
    ) -> Result<Begun, Error> {
        let (length, mut unsent) = write_beginning(request, buffer)?;
        // A service that refuses a request may respond and close the connection before it has read
        // the whole request.
        let mut is_broken = match self.send(buffer.get(..length).unwrap_or_default()).await {
            Err(error) if *self.sent == 0 || error.kind() == Timeout => return Err(error),
            sent => sent.is_err(),
        };
        let mut reader = HeadReader::new(request, buffer);
        let mut deadline = None;
        let mut has_begun = false;
        let head = loop {
            if !is_broken && deadline.is_none() {
                is_broken = match self.send_unless_readable(&mut unsent).await {
                    Err(error) if error.kind() == Timeout => return Err(error),
                    sent => sent.is_err(),
                };
            }
            if deadline.is_none() && (unsent.is_empty() || is_broken) {
                deadline = Some(self.clock.elapsed().saturating_add(self.response_time));
            }
            let left = deadline.map_or(self.clock.idle(), |deadline| self.clock.left(deadline));
            let read = self.io(Operation::Read(reader.room()), left).await;
            let read = self.outcome(read, NO_HEAD);
            if matches!(read, Ok(Some(1..))) && !has_begun {
                has_begun = true;
                response.set_first_byte(self.clock.elapsed());
            }
            match read.and_then(|read| Ok(reader.read(read.unwrap_or_default(), response)?)) {
                Ok(None) => {}
                // The connection broke, so its end must not be taken for the end of a body.
                Ok(Some(head)) if !is_broken || head.framing != Framing::UntilClose => break head,
                Err(error) if !is_broken || error.kind() == Tls => return Err(error),
                _ => {
                    return Err(Error::new(
                        Interrupted,
                        "the connection broke before the whole request was sent",
                    ));
                }
            }
        };
        let is_sent = !is_broken && unsent.is_empty();
        let (_, received) = reader.into_rest();
        Ok(Begun { head, is_sent, received })
    }

    /// Reads bytes of the body, and returns how many came; 0 is the end of the connection.
    pub(crate) async fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let read = self.io(Operation::Read(room), self.clock.idle()).await;
        let read = self.outcome(read, IDLE_BODY)?.unwrap_or_default();
        if read > 0 {
            self.clock.moved(read)?;
        }
        Ok(read)
    }

    async fn send(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.clock.start();
        while !bytes.is_empty() {
            let written = self.io(Operation::Write(bytes), self.clock.idle()).await;
            let written = self.outcome(written, IDLE_SENDING)?;
            bytes = self.wrote(bytes, written.unwrap_or_default())?;
        }
        Ok(())
    }

    /// Sends these bytes, unless something comes that must be read first.
    async fn send_unless_readable(&mut self, unsent: &mut &[u8]) -> Result<(), Error> {
        while !unsent.is_empty() {
            let written = self.io(Operation::WriteUnlessReadable(unsent), self.clock.idle()).await;
            let Some(written) = self.outcome(written, IDLE_SENDING)? else { return Ok(()) };
            *unsent = self.wrote(unsent, written)?;
        }
        let flushed = self.io(Operation::Flush, self.clock.idle()).await;
        self.outcome(flushed, IDLE_SENDING).map(|_| ())
    }

    /// Counts how many of these bytes were written, and returns the rest.
    fn wrote<'b>(&mut self, bytes: &'b [u8], written: usize) -> Result<&'b [u8], Error> {
        if written == 0 {
            return Err(Error::new(Interrupted, "the connection takes no more"));
        }
        *self.sent += written as u64;
        self.clock.moved(written)?;
        Ok(bytes.get(written..).unwrap_or_default())
    }

    /// Lets the socket carry out an operation within a time. It is not an async function, since
    /// that would hold its arguments twice.
    fn io<'s>(
        &'s mut self,
        operation: Operation<'s>,
        time: Duration,
    ) -> impl Future<Output = Done<S::Error>> {
        let Self { socket, clock, .. } = self;
        clock.within(time, async move {
            match operation {
                Operation::Write(bytes) => socket.write(bytes).await.map(Some),
                Operation::WriteUnlessReadable(bytes) => socket.write_unless_readable(bytes).await,
                Operation::Flush => socket.flush().await.map(|()| None),
                Operation::Read(room) => socket.read(room).await.map(Some),
            }
        })
    }

    /// The result of an operation, or the error if the time was up.
    fn outcome(&self, done: Done<S::Error>, too_late: &'static str) -> Result<Option<usize>, Error> {
        match done {
            Either::First(moved) => moved.map_err(|error| Error::io(error.kind(), S::IS_SECURE)),
            Either::Second(()) => Err(self.clock.too_late(too_late)),
        }
    }

    /// Reads a body, of which a part is already in the buffer. Returns whether it came to its end
    /// and no byte came after it.
    async fn read_body(
        &mut self,
        framing: Framing,
        buffer: &mut [u8],
        mut received: Range<usize>,
        response: &mut Response<'_>,
    ) -> Result<bool, Error> {
        let mut body = Body::new(framing);
        if let Framing::Length(length) = framing {
            response.expect(length);
        }
        self.clock.start();
        loop {
            let mut rest = buffer.get(received).unwrap_or_default();
            while !rest.is_empty() && !body.is_done() && !response.is_full() {
                response.write(body.next(&mut rest)?);
            }
            if body.is_done() || response.is_full() {
                return Ok(body.is_done() && rest.is_empty() && !response.is_full());
            }
            // Data is read straight into the response, and bytes between chunks into the buffer of
            // the head.
            let wanted = usize::try_from(body.wanted()).unwrap_or(RESERVED).min(RESERVED);
            let room = if wanted == 0 { &mut *buffer } else { response.room(wanted) };
            let end = if wanted == 0 { room.len() } else { wanted.min(room.len()) };
            let room = room.get_mut(..end).unwrap_or_default();
            let read = self.io(Operation::Read(room), self.clock.idle()).await;
            let read = self.outcome(read, IDLE_BODY)?.unwrap_or_default();
            if read == 0 {
                body.end()?;
                return Ok(true);
            }
            self.clock.moved(read)?;
            if wanted == 0 {
                received = 0..read;
            } else {
                received = 0..0;
                response.advance(read);
                body.advance(read);
            }
        }
    }
}

/// Writes the head of the request into the buffer, and as much of the body as fits after it, so
/// that they leave in one segment if possible. Returns the number of bytes, and the rest of the
/// body.
fn write_beginning<'r>(request: &Request<'r>, buffer: &mut [u8]) -> Result<(usize, &'r [u8]), Error> {
    if method(request.method()).is_none() {
        return Err(Error::new(
            Configuration,
            "this method is not supported; use POST, GET, PUT, PATCH, DELETE or HEAD",
        ));
    }
    let mut first = Buf::new(buffer);
    if write_head(request, &mut first).is_err() {
        return Err(Error::new(Configuration, TOO_SMALL));
    }
    let body = request.body();
    let (beside, rest) = body.split_at(body.len().min(first.limit() - first.len()));
    let _ = first.extend(beside);
    Ok((first.len(), rest))
}

/// The methods that are supported. The responses to others may end in another way.
fn method(name: &str) -> Option<Method> {
    let known = [Method::POST, Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
    known.into_iter().find(|method| method.as_str() == name)
}

const TOO_SMALL: &str =
    "the head of the request does not fit into the buffer of its slot; give Slot::new a larger one";
