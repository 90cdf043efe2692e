//! The body of a response: which of its bytes are data, and where it ends.

use super::error::HttpError;

/// How the end of a body is recognized.
// It is exhaustive: RFC 9112, 6.3 has no other way, and HTTP/1.1 will not get one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// The body has this many bytes.
    Length(u64),
    /// The body comes in chunks, of which the last is empty.
    Chunked,
    /// The body ends with the connection.
    UntilClose,
}

/// How many bytes the chunk extensions, the trailers and the leading zeros of sizes may have
/// together, in a whole body.
const EXTRAS: u16 = 16 << 10;

/// The longest size of a chunk, in digits.
const DIGITS: u8 = 16;

/// A body that is being received. It takes the bytes in pieces of any size, and says which of them
/// are data and where the body ends.
///
/// Bytes that are known to be data (there are [`wanted`](Self::wanted) of them) can also be read
/// straight to where they are needed, and then only [counted](Self::advance) here. The docs of the
/// module have an example.
#[derive(Debug, Clone)]
pub struct Body {
    state: State,
    /// How many bytes of data come next. While the size of a chunk is read, it is that size so far.
    left: u64,
    extras: u16,
    digits: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Data that ends with the body.
    Data,
    /// Data that ends with the connection.
    UntilClose,
    /// Data that ends with the chunk.
    Chunk,
    /// The line end after a chunk.
    ChunkCr,
    ChunkLf,
    /// The line before a chunk.
    Size,
    SizeSpace,
    Extension,
    SizeLf,
    /// The lines after the last chunk.
    TrailerStart,
    Trailer,
    TrailerLf,
    LastLf,
    Done,
}

impl Body {
    /// A body with this framing, before its first byte.
    pub const fn new(framing: Framing) -> Self {
        let (state, left) = match framing {
            Framing::Length(0) => (State::Done, 0),
            Framing::Length(length) => (State::Data, length),
            Framing::Chunked => (State::Size, 0),
            Framing::UntilClose => (State::UntilClose, u64::MAX),
        };
        Self { state, left, extras: EXTRAS, digits: 0 }
    }

    /// Whether the body is complete. A body that ends with the connection never is; call
    /// [`end`](Self::end) when the connection ends.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many of the bytes to come are certain to be data; 0 if the next byte is not data.
    pub fn wanted(&self) -> u64 {
        if matches!(self.state, State::Data | State::Chunk | State::UntilClose) { self.left } else { 0 }
    }

    /// Counts `read` bytes of data that were read without [`next`](Self::next): at most
    /// [`wanted`](Self::wanted).
    pub fn advance(&mut self, read: usize) {
        if self.state == State::UntilClose {
            return;
        }
        self.left = self.left.saturating_sub(read as u64);
        if self.left == 0 {
            match self.state {
                State::Data => self.state = State::Done,
                State::Chunk => self.state = State::ChunkCr,
                _ => {}
            }
        }
    }

    /// Removes bytes from the beginning of `received`, and returns those that are data. These end
    /// at the end of a chunk at the latest; there are none if no more data is in `received`. Call
    /// it again as long as `received` is not empty. Once the body is [done](Self::is_done), what is
    /// left in `received` comes after the body.
    ///
    /// # Errors
    /// [`HttpError::Chunk`] if the bytes are not chunks, and [`HttpError::ChunkExtras`] if chunk
    /// extensions and trailers are too long.
    pub fn next<'r>(&mut self, received: &mut &'r [u8]) -> Result<&'r [u8], HttpError> {
        while self.wanted() == 0 && !self.is_done() {
            let Some((&byte, rest)) = received.split_first() else { break };
            self.pass(byte)?;
            *received = rest;
        }
        let wanted = usize::try_from(self.wanted()).unwrap_or(usize::MAX).min(received.len());
        let (data, rest) = received.split_at_checked(wanted).unwrap_or_default();
        *received = rest;
        self.advance(wanted);
        Ok(data)
    }

    /// Says that the connection has ended, which is how some bodies end.
    ///
    /// # Errors
    /// [`HttpError::BodyCutOff`] if the body is not complete.
    pub fn end(&self) -> Result<(), HttpError> {
        match self.state {
            State::Done | State::UntilClose => Ok(()),
            _ => Err(HttpError::BodyCutOff),
        }
    }

    /// Takes a byte between the data of two chunks.
    fn pass(&mut self, byte: u8) -> Result<(), HttpError> {
        self.state = match (self.state, byte) {
            (State::ChunkCr, b'\r') => State::ChunkLf,
            (State::ChunkLf, b'\n') => {
                self.digits = 0;
                State::Size
            }
            (State::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.digit(byte)?;
                State::Size
            }
            (State::Size | State::SizeSpace | State::Extension, b'\r') if self.digits > 0 => State::SizeLf,
            (State::Size | State::SizeSpace, b' ' | b'\t') if self.digits > 0 => {
                self.extra(State::SizeSpace)?
            }
            (State::Size | State::SizeSpace, b';') if self.digits > 0 => self.extra(State::Extension)?,
            (State::SizeLf, b'\n') if self.left == 0 => State::TrailerStart,
            (State::SizeLf, b'\n') => State::Chunk,
            (State::TrailerStart, b'\r') => State::LastLf,
            (State::LastLf, b'\n') => State::Done,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::Extension, byte) if byte != b'\n' => self.extra(State::Extension)?,
            (State::TrailerStart | State::Trailer, byte) if byte != b'\n' => self.extra(State::Trailer)?,
            _ => return Err(HttpError::Chunk),
        };
        Ok(())
    }

    /// Takes a digit of the size of a chunk.
    fn digit(&mut self, byte: u8) -> Result<(), HttpError> {
        let digit = char::from(byte).to_digit(16).unwrap_or_default();
        if self.left >> 60 != 0 {
            return Err(HttpError::Chunk);
        }
        self.left = (self.left << 4) | u64::from(digit);
        if self.digits == DIGITS {
            self.extra(State::Size)?;
        } else {
            self.digits += 1;
        }
        Ok(())
    }

    /// Counts a byte of a part that has no limit in HTTP.
    fn extra(&mut self, state: State) -> Result<State, HttpError> {
        self.extras = self.extras.checked_sub(1).ok_or(HttpError::ChunkExtras)?;
        Ok(state)
    }
}
