//! A TCP connection that notices in time when the server has closed it.

use std::io::{self, Read as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{Connected, Connection};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How many bytes are read at once when the operating system is asked directly.
const PIECE: usize = 1 << 10;

/// How many bytes of a request may wait in the operating system. With a higher limit, a request
/// would count as sent while most of it is still waiting there.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 64 << 10;

/// A TCP connection that can ask the operating system, and not only the runtime, whether there is
/// something to read.
///
/// Before a request is sent on a kept connection, reading from it shows whether the server has
/// closed it. The runtime learns of that a little later than the operating system, and a request
/// that is sent in between would be lost.
pub(super) struct Tcp {
    stream: TcpStream,
    check: Check,
}

/// Makes the next read of a connection ask the operating system.
#[derive(Debug, Clone, Default)]
pub(crate) struct Check(Arc<AtomicBool>);

impl Check {
    pub(crate) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        let asked = self.0.load(Ordering::Relaxed);
        if asked {
            self.0.store(false, Ordering::Relaxed);
        }
        asked
    }
}

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        // If the option cannot be set, only the time for the response begins earlier, which is no
        // reason to fail.
        #[cfg(any(target_os = "android", target_os = "linux"))]
        let _ = SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT);
        Self { stream, check: Check::default() }
    }
}

impl Connection for Tcp {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.check.clone())
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if !self.check.take() || read.is_ready() {
            return read;
        }
        let mut piece = [0; PIECE];
        let room = buffer.remaining().min(PIECE);
        // The socket does not block. If there is nothing to read, the runtime already knows which
        // task to wake.
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
