//! The body of a response.

use eventgrid_transport::Response;
use httparse::{EMPTY_HEADER, Status, parse_chunk_size, parse_headers};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::Failure;
use crate::head::LINES;

/// How much is read at once, if there is room for it.
const PIECE: usize = 16 << 10;

/// How the end of a body is found.
#[derive(Debug)]
pub(crate) enum Framing {
    /// So many bytes are left.
    Length(u64),
    /// So many are left of this chunk; none was begun yet.
    Chunked(Option<u64>),
    UntilClose,
}

/// A body that is still coming in.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) connection: Connection,
    /// What the connection is brought back to the pool with.
    pub(crate) ticket: usize,
    pub(crate) framing: Framing,
    pub(crate) is_kept: bool,
}

impl Incoming {
    /// Whether the connection can be used again.
    pub(crate) fn is_reusable(&self) -> bool {
        self.is_kept && matches!(self.framing, Framing::Length(0)) && self.connection.buffer.is_empty()
    }

    /// Reads until the end of the body, or until the response is full.
    pub(crate) fn read_all(&mut self, response: &mut Response<'_>, clock: &mut Clock) -> Result<(), Failure> {
        if let Framing::Length(length) = self.framing {
            response.expect(length);
        }
        while !response.is_full() {
            match self.read(response.room(PIECE), clock)? {
                0 => break,
                read => response.advance(read),
            }
        }
        Ok(())
    }

    /// Reads the next bytes of the body, and returns how many: 0 at its end.
    pub(crate) fn read(&mut self, room: &mut [u8], clock: &mut Clock) -> Result<usize, Failure> {
        if let Framing::Chunked(left @ (None | Some(0))) = &mut self.framing {
            if left.is_some() {
                self.connection.take(clock, end_of_chunk)?;
            }
            *left = Some(self.connection.take(clock, chunk_size)?);
            if *left == Some(0) {
                self.connection.take(clock, trailers)?;
                self.framing = Framing::Length(0);
            }
        }
        let (Framing::Length(left) | Framing::Chunked(Some(left))) = &mut self.framing else {
            return self.connection.read(room, clock);
        };
        let wanted = room.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.connection.read(&mut room[..wanted], clock)?;
        *left -= read as u64;
        if read == 0 { Err(Failure::closed()) } else { Ok(read) }
    }
}

/// What was found at the beginning of the buffer, and how long it is; partial if more is needed.
type Parsed<T> = Result<Status<(usize, T)>, Failure>;

impl Connection {
    /// Takes what `parse` finds out of the buffer, reading as much as it needs.
    fn take<T>(&mut self, clock: &mut Clock, parse: fn(&[u8]) -> Parsed<T>) -> Result<T, Failure> {
        loop {
            match parse(&self.buffer)? {
                Status::Complete((length, parsed)) => {
                    self.buffer.drain(..length);
                    return Ok(parsed);
                }
                Status::Partial if self.buffer.len() >= LINES => {
                    return Err(Failure::unreadable("a chunk begins with too long a line"));
                }
                Status::Partial if !self.fill(clock)? => return Err(Failure::closed()),
                Status::Partial => {}
            }
        }
    }
}

fn chunk_size(buffer: &[u8]) -> Parsed<u64> {
    parse_chunk_size(buffer).map_err(Failure::unreadable)
}

fn end_of_chunk(buffer: &[u8]) -> Parsed<()> {
    match buffer {
        [b'\r', b'\n', ..] => Ok(Status::Complete((2, ()))),
        [] | [b'\r'] => Ok(Status::Partial),
        _ => Err(Failure::unreadable("a chunk does not end where its size says")),
    }
}

/// What comes after the last chunk; nobody asks for it.
fn trailers(buffer: &[u8]) -> Parsed<()> {
    let mut headers = [EMPTY_HEADER; 16];
    Ok(match parse_headers(buffer, &mut headers).map_err(Failure::unreadable)? {
        Status::Complete((length, _)) => Status::Complete((length, ())),
        Status::Partial => Status::Partial,
    })
}
