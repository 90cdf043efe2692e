//! A TCP connection whose end is seen in time.

use std::io::{self, Read as _};
use std::pin::Pin;
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
/// hears of that a little later than the operating system; a request sent meanwhile would be lost.
pub(super) struct Tcp(TcpStream);

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(stream)
    }
}

impl Connection for Tcp {
    fn connected(&self) -> Connected {
        self.0.connected()
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let heard = Pin::new(&mut self.0).poll_read(context, buffer);
        if heard.is_ready() {
            return heard;
        }
        let mut piece = [0; PIECE];
        let room = buffer.remaining().min(PIECE);
        // The socket does not block. Should there be nothing, the runtime knows already whom to wake.
        match (&*SockRef::from(&self.0)).read(&mut piece[..room]) {
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
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }
}
