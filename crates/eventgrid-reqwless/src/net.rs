//! Sockets of embassy-net.

use core::fmt;

use embassy_futures::select::{Either, select};
#[cfg(feature = "dns")]
use embassy_net::dns::DnsQueryType;
use embassy_net::tcp::{self, State, TcpSocket};
use embassy_net::{IpAddress, Stack};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{ErrorType, Read, Write};
#[cfg(not(feature = "dns"))]
use eventgrid::TransportErrorKind::Configuration;
#[cfg(feature = "dns")]
use eventgrid::TransportErrorKind::Resolve;
use eventgrid::TransportErrorKind::{Connect, Timeout};

use crate::error::ConnectError;
use crate::socket::Socket;

/// A socket of embassy-net.
///
/// When it closes a connection, it tells the service. A socket of embassy-net that is dropped does
/// not, so keep this socket, and the transport with it, as long as the program runs.
///
/// A device with addresses of both kinds (feature `ipv6`) turns from IPv6 to IPv4 after 5 seconds
/// at the latest, so its [`connect_timeout`](crate::Reqwless::connect_timeout) must be longer than
/// that. For a second name server to be asked, it must be longer than 20 seconds; with addresses of
/// one kind, longer than 15.
pub struct NetSocket<'a> {
    #[cfg(feature = "dns")]
    stack: Stack<'a>,
    socket: TcpSocket<'a>,
}

impl<'a> NetSocket<'a> {
    /// A socket without a connection yet. The buffers are those of TCP.
    ///
    /// `receive` limits how many bytes the service sends ahead, and `transmit` how many wait for
    /// its acknowledgement. 1024 bytes each are enough; with twice the largest segment (2920 bytes
    /// on Ethernet) neither side waits for the other.
    pub fn new(stack: Stack<'a>, receive: &'a mut [u8], transmit: &'a mut [u8]) -> Self {
        Self {
            #[cfg(feature = "dns")]
            stack,
            socket: TcpSocket::new(stack, receive, transmit),
        }
    }

    /// Lets TCP send a keep-alive probe after each `interval` in which no byte moved. Default:
    /// never, since each packet wakes the radio.
    ///
    /// A long poll is silent for a minute or two, and a device that translates addresses on the way
    /// (in a mobile network, or a router at home) may forget the connection earlier. The response
    /// is then lost, and its events are delivered again only when their locks expire. Choose an
    /// interval that is shorter than the network's own time, such as 30 seconds, and close
    /// connections that do not wait for a response.
    #[must_use]
    pub fn keep_alive(mut self, interval: core::time::Duration) -> Self {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX >> 14);
        self.socket.set_keep_alive(Some(Duration::from_millis(millis.min(u64::MAX >> 14))));
        self
    }

    /// Connects to the addresses of a name, one after the other. IPv6 addresses come first if the
    /// device has one itself.
    #[cfg(feature = "dns")]
    async fn connect_by_name(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        let mut failure = ConnectError::new(Resolve, NO_ADDRESS);
        #[cfg(feature = "ipv6")]
        if self.stack.config_v6().is_some() {
            // Without an IPv4 address there is nothing to turn to.
            let time = if self.stack.config_v4().is_some() { ALL_OF_IPV6 } else { AN_HOUR };
            match with_timeout(time, self.connect_over_ipv6(host, port)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => failure = error,
                Err(_) => failure = ConnectError::new(Timeout, NEITHER),
            }
        }
        if let Ok(addresses) = self.stack.dns_query(host, DnsQueryType::A).await {
            for (left, &address) in (0..addresses.len()).rev().zip(&addresses) {
                // The last address has no time limit of its own.
                let time = (left > 0).then_some(ONE_OF_SEVERAL);
                match self.connect_to(address, port, time).await {
                    Ok(()) => return Ok(()),
                    Err(error) => failure = error,
                }
            }
        }
        Err(failure)
    }

    #[cfg(all(feature = "dns", feature = "ipv6"))]
    async fn connect_over_ipv6(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        let mut failure = ConnectError::new(Resolve, NO_ADDRESS);
        if let Ok(addresses) = self.stack.dns_query(host, DnsQueryType::Aaaa).await {
            for address in addresses {
                match self.connect_to(address, port, Some(ONE_OF_SEVERAL)).await {
                    Ok(()) => return Ok(()),
                    Err(error) => failure = error,
                }
            }
        }
        Err(failure)
    }

    #[cfg(not(feature = "dns"))]
    #[allow(clippy::unused_async, reason = "only looking up a name takes time")]
    async fn connect_by_name(&mut self, _host: &str, _port: u16) -> Result<(), ConnectError> {
        Err(ConnectError::new(
            Configuration,
            "looking up names needs the feature dns; without it, use an address",
        ))
    }

    /// Connects to one address, within `time` if there are others.
    async fn connect_to(
        &mut self,
        address: IpAddress,
        port: u16,
        time: Option<Duration>,
    ) -> Result<(), ConnectError> {
        self.socket.abort();
        // Waits until a reset has left, if there is one. To a neighbor that does not respond it
        // never leaves, and connecting discards it.
        let _ = with_timeout(RESET, self.socket.flush()).await;
        self.socket.set_timeout(time);
        let connected = self.socket.connect((address, port)).await;
        // An open connection may be silent for as long as the transport lets it.
        self.socket.set_timeout(None);
        connected.map_err(|error| match error {
            tcp::ConnectError::TimedOut => ConnectError::new(Timeout, SILENT),
            tcp::ConnectError::NoRoute => ConnectError::new(Connect, "there is no route to the host"),
            tcp::ConnectError::ConnectionReset => ConnectError::new(Connect, REFUSED),
            tcp::ConnectError::InvalidState => ConnectError::new(Connect, "the socket is in use"),
        })
    }
}

/// How long a reset may wait until it leaves: longer than a neighbor takes to respond.
const RESET: Duration = Duration::from_millis(500);

/// How long one of several addresses may take to respond.
#[cfg(feature = "dns")]
const ONE_OF_SEVERAL: Duration = Duration::from_secs(3);

/// How long looking up the IPv6 addresses and connecting to them may take, if the device has an
/// IPv4 address, too: half of the default time for both. A shorter time for connecting leaves none
/// for IPv4. Some name servers never respond to a question for IPv6 addresses.
#[cfg(all(feature = "dns", feature = "ipv6"))]
const ALL_OF_IPV6: Duration = Duration::from_secs(5);

/// Longer than anyone lets connecting take.
#[cfg(all(feature = "dns", feature = "ipv6"))]
const AN_HOUR: Duration = Duration::from_secs(60 * 60);

#[cfg(feature = "dns")]
const NO_ADDRESS: &str = "the name servers have no address of the host";
#[cfg(all(feature = "dns", feature = "ipv6"))]
const NEITHER: &str =
    "looking up and reaching IPv6 addresses took too long, and looking up IPv4 addresses failed";
const SILENT: &str = "the host does not respond";
const REFUSED: &str = "the connection was refused, or the host does not respond";

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

    /// Waits until the other side has received everything, or has responded.
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
        match host.parse() {
            Ok(address) => self.connect_to(address, port, None).await,
            Err(()) => self.connect_by_name(host, port).await,
        }
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
