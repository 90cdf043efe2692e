//! The body of a response: which of its bytes are data, and where it ends.

use super::error::HttpError;

/// How the end of a body is known.
// RFC 9112, 6.3 knows no other way, and HTTP/1.1 will not get one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks, of which the last is empty.
    Chunked,
    /// It ends with the connection.
    UntilClose,
}

/// How many bytes the extensions and trailers of a body's chunks may have in all, and zeros before
/// a size.
const EXTRAS: u16 = 16 << 10;

/// The longest size of a chunk, in digits.
const DIGITS: u8 = 16;

/// A body that is being received: takes its bytes in pieces of any size, and says which are data
/// and where the end is.
///
/// Where the next bytes are data ([`wanted`](Self::wanted)), they can be read to where they belong,
/// and only [counted](Self::advance) here. The module has an example.
#[derive(Debug, Clone)]
pub struct Body {
    state: State,
    /// How many bytes of data come next; while a size is read, that.
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
    /// A body with that framing, of which nothing has come yet.
    pub const fn new(framing: Framing) -> Self {
        let (state, left) = match framing {
            Framing::Length(0) => (State::Done, 0),
            Framing::Length(length) => (State::Data, length),
            Framing::Chunked => (State::Size, 0),
            Framing::UntilClose => (State::UntilClose, u64::MAX),
        };
        Self { state, left, extras: EXTRAS, digits: 0 }
    }

    /// Whether the body is complete. One that ends with the connection never is: [`end`](Self::end)
    /// says what its end means.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many of the next bytes are data, at least, if they come: 0 before anything else.
    pub fn wanted(&self) -> u64 {
        if matches!(self.state, State::Data | State::Chunk | State::UntilClose) { self.left } else { 0 }
    }

    /// Counts bytes of data that were read elsewhere: at most [`wanted`](Self::wanted).
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

    /// Takes bytes from the beginning of `received`, and returns those that are data: up to the end
    /// of a chunk, or none if there are none left. What is then in `received` is to be given again;
    /// once the body is [done](Self::is_done), it does not belong to it.
    ///
    /// # Errors
    /// It is not in chunks, or there is too much between them: [`HttpError::Chunk`],
    /// [`HttpError::ChunkExtras`].
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

    /// Takes the end of the connection.
    ///
    /// # Errors
    /// The body is not complete: [`HttpError::BodyCutOff`].
    pub fn end(&self) -> Result<(), HttpError> {
        match self.state {
            State::Done | State::UntilClose => Ok(()),
            _ => Err(HttpError::BodyCutOff),
        }
    }

    /// Passes over a byte between chunks.
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

    /// Takes a digit of a size.
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

    /// Counts a byte that could come forever.
    fn extra(&mut self, state: State) -> Result<State, HttpError> {
        self.extras = self.extras.checked_sub(1).ok_or(HttpError::ChunkExtras)?;
        Ok(state)
    }
}
