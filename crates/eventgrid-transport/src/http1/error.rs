//! Why a response cannot be read.

use core::error::Error;
use core::fmt;

use super::coding::Coding;
use crate::transport::TransportErrorKind;

/// Why an HTTP/1.1 response cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection was closed before the first byte of a response.
    NoResponse,
    /// The connection was closed before the head was complete.
    HeadCutOff,
    /// The connection was closed before the body was complete.
    BodyCutOff,
    /// The head is larger than the buffer for it.
    HeadTooLarge,
    /// The first bytes are not those of an HTTP/1 response.
    NotHttp,
    /// The status line has no status of three digits.
    StatusLine,
    /// A header line has no colon, or no valid name before it.
    HeaderLine,
    /// A header has white space before its colon.
    SpaceBeforeColon,
    /// The head has a control character.
    ControlCharacter,
    /// The first header line begins with white space, as if it continued the status line.
    FoldedStatusLine,
    /// The length of the body is not a number of at most 64 bits.
    ContentLength,
    /// The head has several lengths of the body, which differ.
    ContentLengths,
    /// The body has a transfer coding other than `chunked`.
    TransferEncoding(Coding),
    /// The transfer coding `chunked` is named twice.
    ChunkedTwice,
    /// The body is in chunks, which HTTP/1.0 does not have.
    ChunkedInHttp10,
    /// The body of a success is compressed, or in another content coding that the request did not
    /// ask for.
    ContentEncoding(Coding),
    /// The body is not in chunks, though the head says so.
    Chunk,
    /// The chunk extensions and trailers of the body are longer than 16 KiB together.
    ChunkExtras,
}

impl HttpError {
    /// The kind of the transport's failure: [`Interrupted`](TransportErrorKind::Interrupted) if the
    /// connection was closed too early, and [`Other`](TransportErrorKind::Other) for everything
    /// else.
    pub const fn kind(&self) -> TransportErrorKind {
        match self {
            Self::NoResponse | Self::HeadCutOff | Self::BodyCutOff => TransportErrorKind::Interrupted,
            _ => TransportErrorKind::Other,
        }
    }

    /// The text of the error, without the name of a coding.
    const fn message(&self) -> &'static str {
        match self {
            Self::NoResponse => "the server closed the connection without a response",
            Self::HeadCutOff => {
                "the server closed the connection before the head of the response was complete"
            }
            Self::BodyCutOff => {
                "the server closed the connection before the body of the response was complete"
            }
            Self::HeadTooLarge => {
                "the head of the response is larger than the buffer for it; use a larger buffer"
            }
            Self::NotHttp => "the response is not HTTP/1; check the scheme and the port of the URL",
            Self::StatusLine => "the status line of the response has no status of three digits",
            Self::HeaderLine => "a header of the response has no colon, or no valid name before it",
            Self::SpaceBeforeColon => "a header of the response has white space before its colon",
            Self::ControlCharacter => "the head of the response has a control character",
            Self::FoldedStatusLine => "the first header of the response begins with white space",
            Self::ContentLength => "the Content-Length of the response is not a number of 64 bits",
            Self::ContentLengths => "the response has several values of Content-Length, which differ",
            Self::TransferEncoding(_) => "the response has a Transfer-Encoding that is not supported: ",
            Self::ChunkedTwice => "the Transfer-Encoding of the response names chunked twice",
            Self::ChunkedInHttp10 => "the response has Transfer-Encoding: chunked, but is HTTP/1.0",
            Self::ContentEncoding(_) => "the response has a Content-Encoding that was not asked for: ",
            Self::Chunk => "the body of the response is not in chunks, though its head says so",
            Self::ChunkExtras => "the chunk extensions and trailers of the response exceed 16 KiB",
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())?;
        match self {
            Self::TransferEncoding(coding) | Self::ContentEncoding(coding) => f.write_str(coding.as_str()),
            _ => Ok(()),
        }
    }
}

impl Error for HttpError {}
