//! The body of a response.

use eventgrid_transport::Response;
use httparse::{EMPTY_HEADER, Status, parse_chunk_size, parse_headers};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::Failure;
use crate::head::{Framing, LINES};

impl Connection {
    /// Reads the body, and returns whether it came to its end before the response was full and
    /// before the connection's own end.
    pub(crate) fn body(
        &mut self,
        framing: Framing,
        response: &mut Response<'_>,
        clock: &mut Clock,
    ) -> Result<bool, Failure> {
        match framing {
            Framing::Length(length) => {
                response.expect(length);
                self.copy(length, response, clock)
            }
            Framing::Chunked => self.chunks(response, clock),
            Framing::UntilClose => loop {
                response.write(&self.buffer);
                self.buffer.clear();
                if response.is_full() || !self.fill(clock)? {
                    return Ok(false);
                }
            },
        }
    }

    /// Copies that many bytes, and returns whether all of them were wanted.
    fn copy(
        &mut self,
        mut length: u64,
        response: &mut Response<'_>,
        clock: &mut Clock,
    ) -> Result<bool, Failure> {
        while length > 0 && !response.is_full() {
            if self.buffer.is_empty() && !self.fill(clock)? {
                return Err(Failure::closed());
            }
            let piece = self.buffer.len().min(usize::try_from(length).unwrap_or(usize::MAX));
            response.write(&self.buffer[..piece]);
            self.buffer.drain(..piece);
            length -= piece as u64;
        }
        Ok(!response.is_full())
    }

    fn chunks(&mut self, response: &mut Response<'_>, clock: &mut Clock) -> Result<bool, Failure> {
        loop {
            match self.take(clock, |buffer| parse_chunk_size(buffer).map_err(Failure::unreadable))? {
                0 => break,
                size if !self.copy(size, response, clock)? => return Ok(false),
                _ => self.take(clock, end_of_chunk)?,
            }
        }
        // The trailers, which nobody asks for.
        self.take(clock, |buffer| {
            let mut trailers = [EMPTY_HEADER; 16];
            Ok(match parse_headers(buffer, &mut trailers).map_err(Failure::unreadable)? {
                Status::Complete((length, _)) => Status::Complete((length, true)),
                Status::Partial => Status::Partial,
            })
        })
    }

    /// Takes what `parse` finds out of the buffer, reading as much as it needs.
    fn take<T>(
        &mut self,
        clock: &mut Clock,
        parse: impl Fn(&[u8]) -> Result<Status<(usize, T)>, Failure>,
    ) -> Result<T, Failure> {
        loop {
            match parse(&self.buffer)? {
                Status::Complete((length, parsed)) => {
                    self.buffer.drain(..length);
                    return Ok(parsed);
                }
                Status::Partial if self.buffer.len() >= LINES => {
                    return Err(Failure::unreadable(format!(
                        "a line of a chunk has more than {LINES} bytes"
                    )));
                }
                Status::Partial if !self.fill(clock)? => return Err(Failure::closed()),
                Status::Partial => {}
            }
        }
    }
}

fn end_of_chunk(buffer: &[u8]) -> Result<Status<(usize, ())>, Failure> {
    match buffer {
        [b'\r', b'\n', ..] => Ok(Status::Complete((2, ()))),
        [] | [b'\r'] => Ok(Status::Partial),
        _ => Err(Failure::unreadable("a chunk does not end where its size says")),
    }
}
