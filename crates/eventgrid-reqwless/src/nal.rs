//! Sockets of any network stack that implements `embedded-nal-async`.

use core::fmt;
use core::net::SocketAddr;

use embedded_io_async::{Error as _, ErrorKind, ErrorType, Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use eventgrid::TransportErrorKind::{Connect, Resolve, Timeout};

use crate::error::ConnectError;
use crate::socket::Socket;

/// A socket of any network stack that implements the traits of `embedded-nal-async`.
///
/// These traits cannot say whether a connection was closed meanwhile, and they close a connection
/// by dropping it, whose effect depends on the stack. With embassy-net the service does not notice
/// it, so take `NetSocket` there.
pub struct NalSocket<'a, N: TcpConnect> {
    network: &'a N,
    connection: Option<N::Connection<'a>>,
}

impl<'a, N: TcpConnect + Dns> NalSocket<'a, N> {
    /// A socket of this network stack, without a connection yet.
    pub fn new(network: &'a N) -> Self {
        Self { network, connection: None }
    }

    async fn connect_to(&mut self, address: SocketAddr) -> Result<(), ConnectError> {
        let connection = self.network.connect(address).await;
        self.connection = Some(connection.map_err(|error| match error.kind() {
            ErrorKind::TimedOut => ConnectError::new(Timeout, "the host does not respond"),
            _ => ConnectError::new(Connect, "the connection was refused"),
        })?);
        Ok(())
    }
}

impl<N: TcpConnect> ErrorType for NalSocket<'_, N> {
    type Error = ErrorKind;
}

impl<N: TcpConnect> Read for NalSocket<'_, N> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let connection = self.connection.as_mut().ok_or(ErrorKind::NotConnected)?;
        connection.read(buffer).await.map_err(|error| error.kind())
    }
}

impl<N: TcpConnect> Write for NalSocket<'_, N> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let connection = self.connection.as_mut().ok_or(ErrorKind::NotConnected)?;
        connection.write(bytes).await.map_err(|error| error.kind())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        let connection = self.connection.as_mut().ok_or(ErrorKind::NotConnected)?;
        connection.flush().await.map_err(|error| error.kind())
    }
}

impl<N: TcpConnect + Dns> Socket for NalSocket<'_, N> {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        self.connection = None;
        if let Ok(address) = host.parse() {
            return self.connect_to(SocketAddr::new(address, port)).await;
        }
        let mut failure = ConnectError::new(Resolve, "the name server has no address of the host");
        // These traits have one address of each kind.
        for kind in [AddrType::IPv6, AddrType::IPv4] {
            let Ok(address) = self.network.get_host_by_name(host, kind).await else { continue };
            match self.connect_to(SocketAddr::new(address, port)).await {
                Ok(()) => return Ok(()),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    async fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // An error here does not matter any more.
            let _ = connection.flush().await;
        }
    }

    fn abort(&mut self) {
        self.connection = None;
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_some()
    }
}

impl<N: TcpConnect> fmt::Debug for NalSocket<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NalSocket").field("is_connected", &self.connection.is_some()).finish_non_exhaustive()
    }
}
