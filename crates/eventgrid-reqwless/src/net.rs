//! Sockets of embassy-net.

use core::fmt;

use embassy_futures::select::{Either, select};
#[cfg(feature = "dns")]
use embassy_net::dns::DnsQueryType;
use embassy_net::tcp::{self, State, TcpSocket};
use embassy_net::{IpAddress, Stack};
use embedded_io_async::{ErrorType, Read, Write};
use eventgrid::TransportErrorKind::{Connect, Resolve, Timeout};

use crate::{ConnectError, Socket};

/// A socket of embassy-net.
///
/// It tells the service when it closes a connection, which a socket of embassy-net that is dropped does not: keep it, and with
/// it the transport, as long as the program runs.
pub struct NetSocket<'a> {
    #[cfg(feature = "dns")]
    stack: Stack<'a>,
    socket: TcpSocket<'a>,
}

impl<'a> NetSocket<'a> {
    /// A socket without a connection yet, over the buffers of TCP.
    ///
    /// `receive` bounds how much the service sends ahead, and `transmit` how much waits for its acknowledgement. 1024 bytes each do;
    /// with two times the largest segment (2920 bytes on Ethernet) nobody waits for the other.
    pub fn new(stack: Stack<'a>, receive: &'a mut [u8], transmit: &'a mut [u8]) -> Self {
        Self {
            #[cfg(feature = "dns")]
            stack,
            socket: TcpSocket::new(stack, receive, transmit),
        }
    }

    #[cfg_attr(
        not(feature = "dns"),
        allow(clippy::unused_async, reason = "only looking up a name takes time")
    )]
    async fn resolve(&self, host: &str) -> Result<IpAddress, ConnectError> {
        if let Ok(address) = host.parse() {
            return Ok(address);
        }
        #[cfg(feature = "dns")]
        if let Ok(addresses) = self.stack.dns_query(host, DnsQueryType::A).await
            && let Some(&address) = addresses.first()
        {
            return Ok(address);
        }
        Err(ConnectError::new(Resolve, NO_ADDRESS))
    }
}

#[cfg(feature = "dns")]
const NO_ADDRESS: &str = "the name server has no address";
#[cfg(not(feature = "dns"))]
const NO_ADDRESS: &str = "looking up names needs the feature dns";

impl ErrorType for NetSocket<'_> {
    type Error = tcp::Error;
}

impl Read for NetSocket<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, tcp::Error> {
        self.socket.read(buffer).await
    }
}

impl Write for NetSocket<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, tcp::Error> {
        self.socket.write(bytes).await
    }

    /// Until the other side has it all, or responds before.
    async fn flush(&mut self) -> Result<(), tcp::Error> {
        let (reader, mut writer) = self.socket.split();
        match select(reader.wait_read_ready(), writer.flush()).await {
            Either::First(()) => Ok(()),
            Either::Second(flushed) => flushed,
        }
    }
}

impl Socket for NetSocket<'_> {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        self.socket.abort();
        // Until the reset has left, if there is one.
        let _ = self.socket.flush().await;
        let address = self.resolve(host).await?;
        self.socket.connect((address, port)).await.map_err(|error| match error {
            tcp::ConnectError::TimedOut => ConnectError::new(Timeout, "the host does not answer"),
            tcp::ConnectError::NoRoute => ConnectError::new(Connect, "there is no route to the host"),
            tcp::ConnectError::ConnectionReset => ConnectError::new(Connect, "the connection was refused"),
            tcp::ConnectError::InvalidState => ConnectError::new(Connect, "the socket is in use"),
        })
    }

    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, tcp::Error> {
        let (reader, mut writer) = self.socket.split();
        match select(reader.wait_read_ready(), writer.write(bytes)).await {
            Either::First(()) => Ok(None),
            Either::Second(written) => written.map(Some),
        }
    }

    async fn close(&mut self) {
        self.socket.close();
        let _ = self.socket.flush().await;
    }

    fn abort(&mut self) {
        self.socket.abort();
    }

    fn is_open(&mut self) -> bool {
        self.socket.state() == State::Established && !self.socket.can_recv()
    }
}

impl fmt::Debug for NetSocket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetSocket").field("state", &self.socket.state()).finish_non_exhaustive()
    }
}
