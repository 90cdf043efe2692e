//! One request and its answer, over a connection that is there.

use core::cell::Cell;

use embedded_io_async::Error as _;
use eventgrid::Response as Reported;
use eventgrid::TransportErrorKind::Interrupted;
use reqwless::request::Method;
use reqwless::response::{BodyReader, Response};

use crate::answer::{FinalAnswer, Following, head_error, io_error, show};
use crate::body::{Framing, receive};
use crate::{Error, Socket};

/// How far an exchange has come, for those who cannot ask it.
#[derive(Default)]
pub(crate) struct Progress {
    /// Whether any byte may have left.
    pub(crate) sent: Cell<bool>,
    pub(crate) is_http_1_0: Cell<bool>,
}

/// Sends a request, whose head is in the first `length` bytes of `buffer`, and reads the head of its answer into it.
pub(crate) async fn begin<'r, 's, 'b, S: Socket>(
    connection: &'r mut FinalAnswer<'s, S>,
    buffer: &'b mut [u8],
    length: usize,
    body: &[u8],
    progress: &Progress,
    reported: &mut Reported<'_>,
) -> Result<(Response<'r, 'b, FinalAnswer<'s, S>>, Following), Error> {
    let (request_head, room) = buffer.split_at_mut(length);
    // As much of the body as has room leaves together with the head: one segment, if there is enough.
    let (first, rest) = body.split_at(room.len().min(body.len()));
    room[..first.len()].copy_from_slice(first);
    let together = request_head.len() + first.len();
    let socket = connection.socket();
    let sent = send(socket, &buffer[..together], rest, &progress.sent).await;
    let unsent = match sent {
        Err(error) if progress.sent.get() => Some(error),
        sent => sent.map(|()| None)?,
    };
    // A service that refuses a request may answer, and hang up, before it has taken all of it.
    let response = Response::read(connection, Method::POST, buffer).await;
    let response = match response {
        Ok(response) => response,
        Err(error) => return Err(unsent.unwrap_or_else(|| head_error(&error))),
    };
    let mut following = show(&response, progress.is_http_1_0.get(), reported)?;
    if let Some(unsent) = unsent {
        // Where the connection broke, its end is not that of a body.
        if following.framing == Framing::UntilClose {
            return Err(unsent);
        }
        following.keeps_connection = false;
    }
    Ok((response, following))
}

async fn send(socket: &mut impl Socket, first: &[u8], rest: &[u8], sent: &Cell<bool>) -> Result<(), Error> {
    for bytes in [first, rest] {
        write(socket, bytes, sent).await?;
    }
    socket.flush().await.map_err(|error| io_error(error.kind()))
}

async fn write(socket: &mut impl Socket, mut bytes: &[u8], sent: &Cell<bool>) -> Result<(), Error> {
    while !bytes.is_empty() {
        let written =
            socket.write(bytes).await.map_err(|error| io_error(error.kind()).if_sent(sent.get()))?;
        if written == 0 {
            return Err(Error::sent(Interrupted, "the connection takes no more").if_sent(sent.get()));
        }
        sent.set(true);
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Reads the body of an answer.
pub(crate) async fn finish<S: Socket>(
    response: Response<'_, '_, FinalAnswer<'_, S>>,
    framing: Framing,
    reported: &mut Reported<'_>,
) -> Result<(), Error> {
    // What came with the head, then what is still to come. Where it ends is not for reqwless to say: it stumbles over
    // the extensions and trailers of chunks, and takes the end of the connection for that of the body.
    let mut following = match response.body().reader() {
        BodyReader::FixedLength(reader) => reader.raw_body,
        BodyReader::Chunked(reader) => reader.raw_body,
        BodyReader::ToEnd(following) => following,
        BodyReader::Empty => return Ok(()),
    };
    receive(&mut following, framing, reported).await
}
