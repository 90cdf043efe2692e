//! The stream of a connection, watched beside its use: whether its other end is gone, since when a
//! request is on its way, and whether a response was written.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::acceptor::Stream;
use crate::service::Receipt;

/// How much is read ahead of a request that waits, to see the end of the connection after it.
const READ_AHEAD: usize = 64 * 1024;

/// What HTTP is spoken over.
pub(super) struct WatchedStream(Arc<Mutex<State>>);

/// The view from beside.
#[derive(Clone)]
pub(super) struct Watch(Arc<Mutex<State>>);

struct State {
    stream: Box<dyn Stream>,
    /// What was read ahead.
    ahead: BytesMut,
    is_at_end: bool,
    phase: Phase,
    /// The events of a response that was handed to HTTP and is not written yet.
    unwritten: Option<Receipt>,
    /// Whether the connection is reset when the response is written.
    is_reset_after_response: bool,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing, after a request.
    Idle,
    /// It is about to send the head of a request, since then.
    Head(Instant),
    /// It has sent one.
    Request,
}

pub(super) fn watched(stream: Box<dyn Stream>) -> (WatchedStream, Watch) {
    let state = Arc::new(Mutex::new(State {
        stream,
        ahead: BytesMut::new(),
        is_at_end: false,
        // A connection is opened to send a request.
        phase: Phase::Head(Instant::now()),
        unwritten: None,
        is_reset_after_response: false,
    }));
    (WatchedStream(Arc::clone(&state)), Watch(state))
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// The head of a request was read.
    pub(super) fn request_began(&self) {
        lock(&self.0).phase = Phase::Request;
    }

    /// Since when the head of a request is on its way.
    pub(super) fn head_since(&self) -> Option<Instant> {
        match lock(&self.0).phase {
            Phase::Head(since) => Some(since),
            Phase::Idle | Phase::Request => None,
        }
    }

    /// A response was handed to HTTP as a whole.
    pub(super) fn response_ended(&self, receipt: Option<Receipt>) {
        let mut state = lock(&self.0);
        state.phase = Phase::Idle;
        state.unwritten = receipt;
    }

    /// The connection is to be reset when it is dropped.
    pub(super) fn reset(&self) {
        lock(&self.0).stream.reset_when_dropped();
    }

    /// The connection is to be reset as soon as the response under way is written.
    pub(super) fn reset_after_response(&self) {
        lock(&self.0).is_reset_after_response = true;
    }

    /// The events of a response that was not written.
    pub(super) fn take_unwritten(&self) -> Option<Receipt> {
        lock(&self.0).unwritten.take()
    }

    /// Is ready when the other end is gone. Reads ahead to find out, within bounds.
    pub(super) fn poll_gone(&self, context: &mut Context<'_>) -> Poll<()> {
        let state = &mut *lock(&self.0);
        while !state.is_at_end {
            let room = READ_AHEAD.saturating_sub(state.ahead.len());
            if room == 0 {
                return Poll::Pending;
            }
            let mut buffer = [0; 1024];
            let mut buffer = ReadBuf::new(&mut buffer[..room.min(1024)]);
            match ready!(Pin::new(&mut state.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => state.ahead.extend_from_slice(buffer.filled()),
                Ok(()) | Err(_) => state.is_at_end = true,
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let state = &mut *lock(&self.0);
        let before = buffer.filled().len();
        if state.ahead.is_empty() {
            if !state.is_at_end {
                ready!(Pin::new(&mut state.stream).poll_read(context, buffer))?;
            }
        } else {
            let count = state.ahead.len().min(buffer.remaining());
            buffer.put_slice(&state.ahead[..count]);
            state.ahead.advance(count);
            if state.ahead.is_empty() {
                state.ahead = BytesMut::new();
            }
        }
        if buffer.filled().len() > before && state.phase == Phase::Idle {
            state.phase = Phase::Head(Instant::now());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut lock(&self.0).stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut lock(&self.0).stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        lock(&self.0).stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let state = &mut *lock(&self.0);
        ready!(Pin::new(&mut state.stream).poll_flush(context))?;
        // HTTP flushes when it has written all it had.
        state.unwritten = None;
        if state.is_reset_after_response && state.phase == Phase::Idle {
            state.stream.reset_when_dropped();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut lock(&self.0).stream).poll_shutdown(context)
    }
}
