//! The head of an answer.

use core::cell::Cell;

use embedded_io_async::{Error as _, ErrorKind, ErrorType, Read};
use eventgrid::Response as Reported;
use eventgrid::TransportErrorKind::{Interrupted, Other, Timeout};
use reqwless::headers::TransferEncoding;
use reqwless::response::Response;

use crate::Error;
use crate::body::Framing;

/// What the head of an answer says about what follows.
pub(crate) struct Following {
    pub(crate) framing: Framing,
    /// Whether the service keeps the connection open behind the answer.
    pub(crate) keeps_connection: bool,
}

/// Shows the head of the answer to `head`.
///
/// Kept out of the futures: the table of headers is needed for a moment only.
#[inline(never)]
pub(crate) fn show<C: Read>(
    response: &Response<'_, '_, C>,
    is_http_1_0: bool,
    reported: &mut Reported<'_>,
) -> Result<Following, Error> {
    let status = response.status.0;
    reported.begin(status);
    let mut keeps_connection = !is_http_1_0;
    let mut lengths = 0;
    // Those of the table that are not used have no name.
    for (name, value) in response.headers().take_while(|(name, _)| !name.is_empty()) {
        reported.header(name, value);
        if name.eq_ignore_ascii_case("connection") {
            for option in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
                if option.eq_ignore_ascii_case(b"close") {
                    keeps_connection = false;
                } else if option.eq_ignore_ascii_case(b"keep-alive") {
                    keeps_connection = true;
                }
            }
        } else if name.eq_ignore_ascii_case("content-length") {
            lengths += 1;
        }
    }
    let framing = match (&response.transfer_encoding[..], response.content_length) {
        _ if matches!(status, 204 | 304) => Framing::Length(0),
        ([], Some(length)) if lengths == 1 || length == 0 => Framing::Length(length),
        ([], None) => Framing::UntilClose,
        ([TransferEncoding::Chunked], _) if lengths == 0 => Framing::Chunked,
        _ => return Err(Error::sent(Other, "the length of the answer's body cannot be told")),
    };
    keeps_connection &= !matches!(framing, Framing::UntilClose);
    Ok(Following { framing, keeps_connection })
}

/// What reading the head of an answer ended with.
pub(crate) fn head_error(error: &reqwless::Error) -> Error {
    match error {
        reqwless::Error::Network(kind) => io_error(*kind),
        reqwless::Error::ConnectionAborted => Error::sent(Interrupted, "the service closed the connection"),
        reqwless::Error::BufferTooSmall => {
            Error::sent(Other, "the head of the answer does not fit into the buffer of its slot")
        }
        _ => Error::sent(Other, "the head of the answer is not that of HTTP/1, or has more than 64 headers"),
    }
}

/// What reading or writing ended with.
#[inline(never)]
pub(crate) fn io_error(kind: ErrorKind) -> Error {
    match kind {
        ErrorKind::TimedOut => Error::sent(Timeout, "the network gave up waiting"),
        _ => Error::sent(Interrupted, "the connection broke"),
    }
}

/// A connection from which answers that are not final (1xx) are left out: reqwless would take the first for the one.
pub(crate) struct FinalAnswer<'s, S> {
    socket: &'s mut S,
    /// Whether the final answer has begun.
    begun: bool,
    is_http_1_0: &'s Cell<bool>,
}

impl<'s, S> FinalAnswer<'s, S> {
    pub(crate) fn new(socket: &'s mut S, is_http_1_0: &'s Cell<bool>) -> Self {
        Self { socket, begun: false, is_http_1_0 }
    }

    pub(crate) fn socket(&mut self) -> &mut S {
        self.socket
    }
}

impl<S> ErrorType for FinalAnswer<'_, S> {
    type Error = ErrorKind;
}

impl<S: Read> Read for FinalAnswer<'_, S> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut length = 0;
        loop {
            // Reads nothing into a full buffer.
            let room = buffer.get_mut(length..).unwrap_or_default();
            let read = self.socket.read(room).await.map_err(|error| error.kind())?;
            length += read;
            if self.begun {
                return Ok(length);
            }
            while let Some(end) = end_of_interim(buffer.get(..length).unwrap_or_default()) {
                buffer.copy_within(end..length, 0);
                length -= end;
            }
            let answer = buffer.get(..length).unwrap_or_default();
            if read == 0 || (answer.len() > STATUS && !is_interim(answer)) {
                self.begun = true;
                self.is_http_1_0.set(answer.starts_with(b"HTTP/1.0"));
                return Ok(length);
            }
        }
    }
}

/// Where the status begins in `HTTP/1.1 200`.
const STATUS: usize = 9;

fn is_interim(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.") && answer.get(STATUS) == Some(&b'1')
}

/// Where an answer ends that is not final and begins here.
fn end_of_interim(answer: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    let start = is_interim(answer).then(|| answer.windows(END.len()).position(|bytes| bytes == END))?;
    start.map(|start| start + END.len())
}
