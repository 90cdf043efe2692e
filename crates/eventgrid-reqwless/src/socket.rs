//! The trait of sockets: of a network stack, or of TLS on top of one.

use embedded_io_async::{Read, Write};

use crate::error::ConnectError;

/// A connection that can be opened again and again. A network stack, or TLS on top of one,
/// implements it.
///
/// It owns everything that a connection needs, including buffers, and has at most one connection at
/// a time. It reads and writes the plain text; `flush` returns when all of it has been handed to
/// the network.
///
/// Any method may be called at any time, even after the future of another one was dropped before
/// its end. Without a connection, reading and writing fail.
#[allow(async_fn_in_trait, reason = "sockets of devices stay on their executor; nothing here asks for Send")]
pub trait Socket: Read + Write {
    /// Whether the socket is protected by TLS. A request to an https URL is sent only through such
    /// a socket, and one to an http URL never. Of such a socket, an error of the kind
    /// `PermissionDenied` means that the server refuses the client, for example without a
    /// certificate, and nothing else.
    const IS_SECURE: bool;

    /// Opens a connection. If there still is one, it is aborted first, as by
    /// [`abort`](Self::abort).
    ///
    /// `host` is a name or an address without brackets. There is no time limit here: the caller
    /// drops the future when the time is up.
    ///
    /// # Errors
    /// No connection could be opened. No byte of a request was sent.
    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError>;

    /// Writes like `write`, and returns how many bytes were written. Returns `None` instead as soon
    /// as there is something to read, or the other side has closed the connection: a service may
    /// respond before it has received the whole request, and then take no more of it. `None` must
    /// be certain: the caller then reads, and sends no more until something was read. After the
    /// future was dropped, the caller sends no more on this connection.
    ///
    /// The default implementation only writes. Such a response is then read after writing has
    /// failed.
    ///
    /// # Errors
    /// Those of `write`.
    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, Self::Error> {
        self.write(bytes).await.map(Some)
    }

    /// Closes the connection cleanly, and returns when the other side knows of it. Does nothing
    /// without a connection.
    async fn close(&mut self);

    /// Ends the connection at once, without waiting. If possible, the other side gets a reset. Does
    /// nothing without a connection.
    fn abort(&mut self);

    /// Whether an idle connection can still be used: the other side has neither closed it nor sent
    /// bytes that nobody asked for.
    ///
    /// If that cannot be known, return `true`. A request on a connection that the service has
    /// closed meanwhile then fails as interrupted.
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
