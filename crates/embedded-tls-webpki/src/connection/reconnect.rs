//! The trait of the sockets below TLS.

use embedded_io_async::{Read, Write};

/// A socket below TLS: a stream of bytes that can be opened again and again.
///
/// It owns everything that a connection needs, including buffers, and has at most one connection at
/// a time. It reads and writes the records of TLS; `flush` returns when all of them have been
/// handed to the network.
///
/// Any method may be called at any time, even after the future of another one was dropped before
/// its end. Without a connection, reading and writing fail.
#[allow(async_fn_in_trait, reason = "sockets of devices stay on their executor; nothing here asks for Send")]
pub trait Reconnect: Read + Write {
    /// Why no connection could be opened. [`TlsSocket::connect`](crate::TlsSocket::connect) returns
    /// it.
    type ConnectError;

    /// Opens a connection. If there still is one, it is aborted first, as by
    /// [`abort`](Self::abort).
    ///
    /// `host` is a name or an address without brackets. There is no time limit here: the caller
    /// drops the future when the time is up.
    ///
    /// # Errors
    /// No connection could be opened. No byte was sent.
    async fn connect(&mut self, host: &str, port: u16) -> Result<(), Self::ConnectError>;

    /// Closes the connection cleanly, and returns when the other side knows of it. Does nothing
    /// without a connection.
    async fn close(&mut self);

    /// Ends the connection at once, without waiting. If possible, the other side gets a reset. Does
    /// nothing without a connection.
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
