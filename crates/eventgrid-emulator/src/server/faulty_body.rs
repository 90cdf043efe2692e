//! The body of a response that comes slowly, or not as a whole.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::watched_stream::Watch;
use crate::fault::{ResetPoint, TransportFault};

/// How many pieces of a slow body come in a second, if there is a byte for each.
const PIECES: u64 = 20;

/// The bytes that are sent, of a body that is said to have more.
pub(super) struct FaultyBody {
    rest: Bytes,
    /// How many bytes are still owed at most: those that are sent, and those that never are.
    owed: u64,
    /// How many bytes come at once.
    piece: usize,
    fault: TransportFault,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether what is sent was given time to leave before the connection ends.
    was_flushed: bool,
    watch: Watch,
}

impl FaultyBody {
    pub(super) fn new(body: &Bytes, fault: TransportFault, watch: Watch) -> Self {
        let piece_of = |speed: u64| usize::try_from(speed / PIECES).unwrap_or(usize::MAX).max(1);
        Self {
            rest: body.slice(..fault.sent(body.len())),
            owed: body.len() as u64,
            piece: fault.bytes_per_second.map_or(usize::MAX, piece_of),
            fault,
            pause: None,
            was_flushed: false,
            watch,
        }
    }

    /// Whether HTTP has all that it needs, so that it may not ask again.
    fn is_complete(&self) -> bool {
        self.owed == 0
    }
}

impl Body for FaultyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        if !self.rest.is_empty() {
            let length = self.piece.min(self.rest.len());
            let piece = self.rest.split_to(length);
            self.owed -= length as u64;
            if self.fault.bytes_per_second.is_some() && !self.is_complete() {
                self.pause = Some(Box::pin(tokio::time::sleep(self.fault.duration_of(length))));
            }
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.is_complete() {
            return Poll::Ready(None);
        }
        if !self.was_flushed {
            // HTTP writes what it has before it asks again.
            self.was_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.fault.reset == Some(ResetPoint::InBody) {
            self.watch.reset();
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.is_complete()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.owed)
    }
}
