//! The code that both clients share for a body that is read in pieces.

use alloc::vec::Vec;

use eventgrid_transport::{Progress, TransportError};

use super::response::{HeaderList, RawHead, RawResponse};
use crate::client::exchange::Exchange;
use crate::client::spans::OperationSpan;
use crate::error::Error;

/// How much is read at a time if the whole body is read.
const PIECE: usize = 8 << 10;

/// A response whose body is still coming in, without the body.
pub(in crate::client) struct Reading {
    /// The span lasts as long as the body exists.
    pub(in crate::client) span: OperationSpan,
    pub(in crate::client) head: RawHead,
    progress: Progress,
    /// Whether an earlier attempt may have been acted on.
    replayed: bool,
}

impl Reading {
    pub(in crate::client) fn new(exchange: Exchange<'_>, headers: HeaderList) -> Self {
        let (span, received, replayed) = exchange.into_parts();
        Self {
            span,
            head: RawHead::new(received.head.status(), headers),
            progress: received.progress,
            replayed,
        }
    }

    /// How many bytes of the body were read.
    pub(in crate::client) fn received(&self) -> u64 {
        self.progress.received
    }

    /// Takes the result of one read.
    pub(in crate::client) fn took<X: TransportError>(
        &mut self,
        read: Result<usize, X>,
    ) -> Result<usize, Error<'static, X>> {
        match read {
            Ok(read) => {
                self.progress.received += read as u64;
                Ok(read)
            }
            Err(error) => {
                self.span.failed(format_args!("{:?}", error.kind()));
                Err(Error::Transport { error, replayed: self.replayed, progress: self.progress })
            }
        }
    }

    pub(in crate::client) fn into_response(self, whole: Whole) -> RawResponse {
        RawResponse::new(self.head, whole.body)
    }
}

/// A body that is read whole, up to a limit in bytes.
pub(in crate::client) struct Whole {
    body: Vec<u8>,
    /// How many bytes of it have come.
    len: usize,
    limit: usize,
}

impl Whole {
    pub(in crate::client) fn new(limit: usize) -> Self {
        Self { body: Vec::new(), len: 0, limit }
    }

    /// The room for the next piece. Beyond the limit there is room for one byte.
    pub(in crate::client) fn room(&mut self) -> &mut [u8] {
        let left = (self.limit - self.len).saturating_add(1);
        self.body.resize(self.len + left.min(PIECE), 0);
        self.body.get_mut(self.len..).unwrap_or_default()
    }

    /// Counts what was read into the room, and returns whether to read more.
    pub(in crate::client) fn took<X>(&mut self, read: usize) -> Result<bool, Error<'static, X>> {
        self.len += read;
        self.body.truncate(self.len);
        if self.len > self.limit { Err(Error::ResponseTooLarge) } else { Ok(read > 0) }
    }
}

/// Limits how much is read of the body of an attempt that is retried, so that its connection can be
/// used again. If there is more, the connection is closed.
pub(in crate::client) struct Discarded {
    left: usize,
}

impl Discarded {
    /// How much is read at a time.
    pub(in crate::client) const PIECE: usize = 512;

    pub(in crate::client) fn new() -> Self {
        Self { left: 16 << 10 }
    }

    /// Whether to read on after this result of a read.
    pub(in crate::client) fn goes_on<X>(&mut self, read: &Result<usize, X>) -> bool {
        let read = *read.as_ref().unwrap_or(&0);
        self.left = self.left.saturating_sub(read);
        read > 0 && self.left > 0
    }
}
