//! A connection of any type.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::http::Extensions;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};

use super::meter::Meter;
use super::tcp::Check;

/// A connection of any type.
pub(crate) struct Stream {
    io: Box<dyn Io>,
    is_to_proxy: bool,
    /// Whether writing has failed. The other side may have responded before, and hyper would not
    /// read that response if it saw the error.
    takes_no_more: bool,
    meter: Arc<Meter>,
}

trait Io: Read + Write + Connection + Unpin + Send {}

impl<T: Read + Write + Connection + Unpin + Send> Io for T {}

impl Stream {
    pub(super) fn new(io: impl Read + Write + Connection + Unpin + Send + 'static) -> Self {
        Self { io: Box::new(io), is_to_proxy: false, takes_no_more: false, meter: Arc::default() }
    }

    /// The same connection, marked as one to a proxy: hyper then writes the whole URL into the
    /// request line.
    pub(super) fn known_to_end_at_proxy(self) -> Self {
        Self { is_to_proxy: true, ..self }
    }

    pub(crate) fn is_to_proxy(&self) -> bool {
        self.is_to_proxy
    }

    /// Whether both sides have agreed on HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) fn speaks_http2(&self) -> bool {
        self.io.connected().is_negotiated_h2()
    }

    /// The counter of the bytes that move. These are the bytes before encryption by TLS.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// A flag that makes the next read ask the operating system, if this is a TCP connection that
    /// this crate has opened.
    pub(crate) fn check(&self) -> Option<Check> {
        let mut extras = Extensions::new();
        self.io.connected().get_extras(&mut extras);
        extras.remove()
    }
}

impl Stream {
    /// Hides a failed write from hyper, and returns `pretended` instead. Reading then shows whether
    /// there is a response or the connection broke.
    fn forgive<T>(&mut self, written: Poll<io::Result<T>>, pretended: T) -> Poll<io::Result<T>> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        if let Poll::Ready(Err(_)) = written {
            self.meter.write_failed();
        }
        match written {
            Poll::Ready(Err(error))
                if matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset) =>
            {
                self.takes_no_more = true;
                Poll::Ready(Ok(pretended))
            }
            written => written,
        }
    }
}

impl Stream {
    fn count(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(bytes)) = written {
            self.meter.wrote(*bytes);
        }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.io.connected()
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.takes_no_more {
            let read = Pin::new(&mut self.io).poll_read(context, buffer);
            if read.is_ready() {
                self.meter.read();
            }
            return read;
        }
        let mut bytes = [0; 1024];
        let room = buffer.remaining().min(bytes.len());
        let mut piece = ReadBuf::new(&mut bytes[..room]);
        match Pin::new(&mut self.io).poll_read(context, piece.unfilled()) {
            // The connection broke, so its end must not be taken for the end of a body.
            Poll::Ready(Ok(())) if piece.filled().is_empty() => {
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Poll::Pending => Poll::Pending,
            read @ Poll::Ready(_) => {
                self.meter.read();
                buffer.put_slice(piece.filled());
                read
            }
        }
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.count(&written);
        self.forgive(written, bytes.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        if let Poll::Ready(Ok(())) = flushed {
            self.meter.flushed();
        }
        self.forgive(flushed, ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.count(&written);
        self.forgive(written, slices.iter().map(|slice| slice.len()).sum())
    }
}
