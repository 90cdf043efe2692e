//! A service whose address is known, for a network without a name server.

use embedded_io_async::{ErrorType, Read, Write};
use eventgrid_reqwless::{ConnectError, Socket};

/// A socket that connects to an address, whatever the host's name.
pub(crate) struct KnownHost<S> {
    socket: S,
    address: Option<&'static str>,
}

impl<S> KnownHost<S> {
    /// Without an address, the host has to be one.
    pub(crate) fn new(socket: S, address: Option<&'static str>) -> Self {
        Self { socket, address }
    }
}

impl<S: Socket> Socket for KnownHost<S> {
    const IS_SECURE: bool = S::IS_SECURE;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        self.socket.connect(self.address.unwrap_or(host), port).await
    }

    async fn close(&mut self) {
        self.socket.close().await;
    }

    fn abort(&mut self) {
        self.socket.abort();
    }

    fn is_open(&mut self) -> bool {
        self.socket.is_open()
    }
}

impl<S: Socket> ErrorType for KnownHost<S> {
    type Error = S::Error;
}

impl<S: Socket> Read for KnownHost<S> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        self.socket.read(buffer).await
    }
}

impl<S: Socket> Write for KnownHost<S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        self.socket.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.socket.flush().await
    }
}
