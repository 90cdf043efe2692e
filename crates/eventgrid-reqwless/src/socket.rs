//! What a network stack, or TLS on top of one, must be able to do.

use embedded_io_async::{Read, Write};

use crate::error::ConnectError;

/// A connection that can be opened again and again: what a network stack, or TLS on top of one,
/// plugs in.
///
/// It owns whatever one connection needs, buffers included, and has at most one connection at a
/// time. What it reads and writes is the plain text; `flush` returns when all of it has been handed
/// to the network.
///
/// Any method may be called at any time, also after a future of another one was dropped half-way;
/// without a connection, reading and writing fail.
#[allow(async_fn_in_trait, reason = "sockets of devices stay on their executor; nothing here asks for Send")]
pub trait Socket: Read + Write {
    /// Whether what goes through it is protected by TLS. A URL with `https` is sent through such a
    /// socket only, and one with `http` never.
    const IS_SECURE: bool;

    /// Opens a connection. One that is still there is given up first, as by [`abort`](Self::abort).
    ///
    /// `host` is a name or an address, the latter without brackets. How long it may take is up to
    /// the caller, who drops the future when time is up.
    ///
    /// # Errors
    /// No connection could be opened: nothing was sent.
    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError>;

    /// Writes as `write` does, and returns how much; or `None` as soon as there is something to
    /// read, or the end of it: a service may respond before it has taken the whole request, and
    /// take no more. If the future is dropped, nothing is sent on this connection any more.
    ///
    /// By default, it only writes. Then such a response is read once writing fails.
    ///
    /// # Errors
    /// Those of `write`.
    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, Self::Error> {
        self.write(bytes).await.map(Some)
    }

    /// Closes the connection in good order, and returns when the other side knows of it. Does
    /// nothing without a connection.
    async fn close(&mut self);

    /// Gives the connection up at once, as well as that can be done without waiting: at best, the
    /// other side gets a reset. Does nothing without a connection.
    fn abort(&mut self);

    /// Whether a connection that nothing was sent on for a while can still be used: the other side
    /// has neither closed it nor sent anything that was not asked for.
    ///
    /// Where that cannot be told, it is `true`: then a request on a connection that the service has
    /// closed meanwhile fails as interrupted.
    fn is_open(&mut self) -> bool;
}

impl<S: Socket> Socket for &mut S {
    const IS_SECURE: bool = S::IS_SECURE;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        S::connect(self, host, port).await
    }

    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, S::Error> {
        S::write_unless_readable(self, bytes).await
    }

    async fn close(&mut self) {
        S::close(self).await;
    }

    fn abort(&mut self) {
        S::abort(self);
    }

    fn is_open(&mut self) -> bool {
        S::is_open(self)
    }
}
