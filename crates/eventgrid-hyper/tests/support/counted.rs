//! Counts the TCP connections that the client has open.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch::Sender;

/// How many connections there are.
#[derive(Clone)]
pub(crate) struct Count {
    open: Sender<usize>,
    opened: Sender<usize>,
}

impl Count {
    pub(crate) fn new() -> Self {
        Self { open: Sender::new(0), opened: Sender::new(0) }
    }

    /// How many are open now.
    pub(crate) fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// How many were opened in all.
    pub(crate) fn opened(&self) -> usize {
        *self.opened.borrow()
    }

    /// Waits until none is open.
    pub(crate) async fn all_closed(&self) {
        self.open.subscribe().wait_for(|open| *open == 0).await.unwrap();
    }

    pub(crate) async fn connect(self, address: SocketAddr) -> io::Result<Counted> {
        let stream = TcpStream::connect(address).await?;
        self.open.send_modify(|open| *open += 1);
        self.opened.send_modify(|opened| *opened += 1);
        Ok(Counted { io: TokioIo::new(stream), count: self })
    }
}

/// A connection that is counted.
pub(crate) struct Counted {
    io: TokioIo<TcpStream>,
    count: Count,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.count.open.send_modify(|open| *open -= 1);
    }
}

impl Connection for Counted {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
