//! The body of an answer.

use embedded_io_async::{ErrorKind, Read};
use eventgrid::Response;
use eventgrid::TransportErrorKind::{Interrupted, Other};

use crate::Error;
use crate::answer::io_error;

/// How the end of a body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// It has so many bytes.
    Length(usize),
    /// It comes in chunks, of which the last is empty.
    Chunked,
    /// It ends with the connection.
    UntilClose,
}

/// Reads a body into `body`. `connection` gives what follows the head.
///
/// It stops early where the rest of an answer that is no success does not fit.
pub(crate) async fn receive(
    connection: &mut impl Read<Error = ErrorKind>,
    framing: Framing,
    response: &mut Response<'_>,
) -> Result<(), Error> {
    match framing {
        Framing::Length(length) => take(connection, length, response).await,
        Framing::Chunked => {
            loop {
                let size = chunk_size(connection).await?;
                if size == 0 {
                    break;
                }
                take(connection, size, response).await?;
                if response.is_full() {
                    return Ok(());
                }
                if line(connection, |_| ()).await? != 0 {
                    return Err(NO_CHUNK);
                }
            }
            // The trailers; an empty line is the end.
            while line(connection, |_| ()).await? != 0 {}
            Ok(())
        }
        Framing::UntilClose => {
            while !response.is_full() && piece(connection, usize::MAX, response).await? != 0 {}
            Ok(())
        }
    }
}

const NO_CHUNK: Error = Error::sent(Other, "the answer's body is not in chunks, though its head says so");
const CLOSED: Error = Error::sent(Interrupted, "the service closed the connection within the answer");

/// Reads so many bytes.
async fn take(
    connection: &mut impl Read<Error = ErrorKind>,
    mut length: usize,
    response: &mut Response<'_>,
) -> Result<(), Error> {
    while length > 0 && !response.is_full() {
        match piece(connection, length, response).await? {
            0 => return Err(CLOSED),
            read => length -= read,
        }
    }
    Ok(())
}

/// Reads what is there, but at most so many bytes, and says how many. None is the end.
async fn piece(
    connection: &mut impl Read<Error = ErrorKind>,
    at_most: usize,
    response: &mut Response<'_>,
) -> Result<usize, Error> {
    /// For a buffer that grows: the most that is reserved because the service says that it will come.
    const RESERVED: usize = 64 << 10;
    let room = response.room(at_most.min(RESERVED));
    let end = at_most.min(room.len());
    let read = connection.read(&mut room[..end]).await.map_err(io_error)?;
    response.advance(read);
    Ok(read)
}

/// Reads the line in front of a chunk. Extensions are passed over.
async fn chunk_size(connection: &mut impl Read<Error = ErrorKind>) -> Result<usize, Error> {
    let mut size = Some(0_usize);
    let mut digits = 0;
    let mut in_digits = true;
    line(connection, |byte| match char::from(byte).to_digit(16) {
        _ if !in_digits => {}
        Some(digit) => {
            digits += 1;
            size = size.and_then(|size| size.checked_mul(16)?.checked_add(digit as usize));
        }
        None => {
            in_digits = false;
            if !matches!(byte, b';' | b' ' | b'\t') {
                size = None;
            }
        }
    })
    .await?;
    match size {
        Some(size) if digits > 0 => Ok(size),
        _ => Err(NO_CHUNK),
    }
}

/// Reads a line, shows its bytes, and says how many they are without its end.
async fn line(
    connection: &mut impl Read<Error = ErrorKind>,
    mut show: impl FnMut(u8),
) -> Result<usize, Error> {
    let mut length = 0;
    let mut returned = false;
    loop {
        let mut byte = [0];
        if connection.read(&mut byte).await.map_err(io_error)? == 0 {
            return Err(CLOSED);
        }
        match (byte, returned) {
            ([b'\n'], true) => return Ok(length),
            ([b'\r'], false) => returned = true,
            ([byte], false) if byte != b'\n' => {
                show(byte);
                length = 1;
            }
            _ => return Err(NO_CHUNK),
        }
    }
}
