//! A response whose body must still be read.

use hyper::Response;
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};

use super::{Pool, Pooled};
use crate::connection::Progress;
use crate::error::Error;

#[cfg(feature = "http2")]
use super::http2;

/// A response whose body must still be read. Dropping it closes its connection, or resets its
/// stream with HTTP/2.
pub(crate) struct Exchange<'p> {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    /// How many bytes of the body were read.
    bytes: u64,
    framing: Framing,
    progress: Progress,
    carrier: Carrier<'p>,
}

/// How certain the end of a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Clear,
    /// The body is in chunks, but also has a length. The chunks win, and the connection is closed
    /// afterwards (RFC 9112, 6.3).
    Ambiguous,
    /// The body has this length and the transfer coding `identity`, which changes nothing. hyper
    /// would wait for the end of the connection.
    Identity(u64),
}

impl Framing {
    fn of(headers: &HeaderMap) -> Self {
        let (Some(coding), Some(length)) = (headers.get(TRANSFER_ENCODING), headers.get(CONTENT_LENGTH))
        else {
            return Self::Clear;
        };
        let length = length.to_str().ok().and_then(|length| length.parse().ok());
        match length {
            Some(length) if coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity") => {
                Self::Identity(length)
            }
            _ => Self::Ambiguous,
        }
    }
}

enum Carrier<'p> {
    Http1(&'p Pool, Box<Pooled>),
    #[cfg(feature = "http2")]
    Http2(http2::Stream),
}

impl<'p> Exchange<'p> {
    pub(super) fn http1(
        pool: &'p Pool,
        pooled: Box<Pooled>,
        response: Response<Incoming>,
        progress: Progress,
    ) -> Self {
        Self::new(Carrier::Http1(pool, pooled), response, progress)
    }

    #[cfg(feature = "http2")]
    pub(super) fn http2(stream: http2::Stream, response: Response<Incoming>, progress: Progress) -> Self {
        Self::new(Carrier::Http2(stream), response, progress)
    }

    fn new(carrier: Carrier<'p>, response: Response<Incoming>, progress: Progress) -> Self {
        let (head, body) = response.into_parts();
        let framing = Framing::of(&head.headers);
        Self { status: head.status, headers: head.headers, body, bytes: 0, framing, progress, carrier }
    }

    /// Ends an exchange whose body was read to its end. The connection is kept for the next call,
    /// unless the end of the body is uncertain.
    pub(crate) fn finish(self) {
        drop(self.body);
        if self.framing != Framing::Clear {
            return;
        }
        match self.carrier {
            Carrier::Http1(pool, mut pooled) => {
                pooled.connection.recycle(self.headers);
                pool.put_back(pooled);
            }
            #[cfg(feature = "http2")]
            Carrier::Http2(_) => {}
        }
    }
}

impl Exchange<'_> {
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The number of bytes that the body is known to have at least.
    pub(crate) fn least_length(&self) -> u64 {
        self.body.size_hint().lower()
    }

    /// Reads the next piece of the body; `None` at its end.
    pub(crate) async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        if matches!(self.framing, Framing::Identity(length) if self.bytes >= length) {
            return Ok(None);
        }
        let Self { body, bytes, progress, carrier, .. } = self;
        let piece = match carrier {
            Carrier::Http1(_, pooled) => pooled.connection.read(body, *bytes, progress).await,
            #[cfg(feature = "http2")]
            Carrier::Http2(stream) => stream.read(body, *bytes, progress).await,
        }?;
        *bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Ok(piece)
    }
}
