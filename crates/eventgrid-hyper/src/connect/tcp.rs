//! A TCP connection whose end is seen in time.

use std::io::{self, Read as _};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{Connected, Connection};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// As much as is read at once when the runtime had not heard of it yet.
const PIECE: usize = 1 << 10;

/// A TCP connection that asks the operating system whether there is something to read, and not only the runtime.
///
/// Before hyper takes a request for a kept connection, it reads, to see whether the server has closed it. The runtime
/// hears of that a little later than the operating system; a request sent meanwhile would be lost. hyper reads at other
/// times, too: so the operating system is asked once for each request that may be meant for this connection.
pub(super) struct Tcp {
    stream: TcpStream,
    requests: Requests,
    /// How many requests had begun when the operating system was heard last.
    heard: usize,
}

/// How many requests were begun on all connections together. A clone counts the same ones.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<AtomicUsize>);

impl Requests {
    pub(crate) fn begin(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn begun(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tcp {
    pub(super) fn new(stream: TcpStream, requests: Requests) -> Self {
        Self { stream, heard: requests.begun(), requests }
    }
}

impl Connection for Tcp {
    fn connected(&self) -> Connected {
        // Without the addresses: hyper would copy them for every answer.
        Connected::new()
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let begun = self.requests.begun();
        let heard_before = mem::replace(&mut self.heard, begun);
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() || heard_before == begun {
            return read;
        }
        let mut piece = [0; PIECE];
        let room = buffer.remaining().min(PIECE);
        // The socket does not block. Should there be nothing, the runtime knows already whom to wake.
        match (&*SockRef::from(&self.stream)).read(&mut piece[..room]) {
            Ok(read) => {
                buffer.put_slice(&piece[..read]);
                Poll::Ready(Ok(()))
            }
            Err(error) if is_nothing(&error) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}
