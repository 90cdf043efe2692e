//! What TLS goes through.

use embedded_io_async::{Read, Write};

/// A socket below TLS: a stream of bytes that can be opened again and again.
///
/// It owns whatever one connection needs, buffers included, and has at most one connection at a
/// time. What it reads and writes are the records of TLS; `flush` returns when all of them have
/// been handed to the network.
///
/// Any method may be called at any time, also after a future of another one was dropped half-way;
/// without a connection, reading and writing fail.
#[allow(async_fn_in_trait, reason = "sockets of devices stay on their executor; nothing here asks for Send")]
pub trait Reconnect: Read + Write {
    /// Why no connection could be opened. [`TlsSocket::connect`](crate::TlsSocket::connect) passes
    /// it on.
    type ConnectError;

    /// Opens a connection. One that is still there is given up first, as by [`abort`](Self::abort).
    ///
    /// `host` is a name or an address, the latter without brackets. How long it may take is up to
    /// the caller, who drops the future when time is up.
    ///
    /// # Errors
    /// No connection could be opened: nothing was sent.
    async fn connect(&mut self, host: &str, port: u16) -> Result<(), Self::ConnectError>;

    /// Closes the connection cleanly, and returns when the other side knows of it. Does nothing
    /// without a connection.
    async fn close(&mut self);

    /// Gives the connection up at once, as well as that can be done without waiting: at best, the
    /// other side gets a reset. Does nothing without a connection.
    fn abort(&mut self);
}

impl<S: Reconnect> Reconnect for &mut S {
    type ConnectError = S::ConnectError;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), S::ConnectError> {
        S::connect(self, host, port).await
    }

    async fn close(&mut self) {
        S::close(self).await;
    }

    fn abort(&mut self) {
        S::abort(self);
    }
}
