//! The link over TCP: a program connects to a [`Relay`] in place of its server.
//!
//! Threads block until bytes come from a socket or arrive over the link; none of them polls. A
//! connection takes four threads with small stacks.

mod carry;
mod shared;
mod sockets;
mod stats;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

pub use self::stats::RelayStats;

use self::shared::Shared;
use crate::options::LinkOptions;

/// A TCP relay that passes each connection on to a server, over a link of its own.
///
/// The relay passes on everything that TCP has: bytes, the end of either direction, and resets. Its
/// sockets have small buffers, so a sender feels the limits of the link. (A sender's own system may
/// take much from it before that: up to a few megabytes on Linux, unless it sets `SO_SNDBUF`.)
///
/// A reset takes bytes with it that the receiver's system had no room for, as it does in any
/// network. A receiver that reads gets all bytes that came before.
///
/// Connections get seeds of their own from the seed of the options: the first connection always the
/// same one, and so on. Where reads from a socket end depends on the system, though, so a relay
/// repeats what it did less exactly than a [`Link`](crate::Link) does.
///
/// Dropping it closes the port, resets the open connections, and waits for its threads.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
/// use link::relay::Relay;
/// use link::{LinkOptions, PipeOptions};
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let options = LinkOptions::new().seed(7).both(PipeOptions::new().fragment(1).loss(0.1));
/// let relay = Relay::start(server.local_addr()?, &options)?;
///
/// let mut client = TcpStream::connect(relay.address())?;
/// client.write_all(b"ping")?;
/// let (mut accepted, _) = server.accept()?;
/// let mut received = [0; 4];
/// accepted.read_exact(&mut received)?;
/// assert_eq!(&received, b"ping");
///
/// relay.cut();
/// assert!(client.read(&mut received).is_err());
/// assert_eq!(relay.stats().connections, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Relay {
    /// Starts a relay to `target` on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// What the system reports if no port is free. That the target cannot be reached is not an
    /// error here: each client that connects is reset, and [`RelayStats::unreachable`] counts it.
    pub fn start(target: SocketAddr, options: &LinkOptions) -> io::Result<Self> {
        Self::listen((Ipv4Addr::LOCALHOST, 0), target, options)
    }

    /// Starts a relay to `target` on an address of your choice; port 0 picks a free one.
    ///
    /// # Errors
    ///
    /// What the system reports if the address cannot be resolved or listened on.
    pub fn listen(
        address: impl ToSocketAddrs,
        target: SocketAddr,
        options: &LinkOptions,
    ) -> io::Result<Self> {
        let listener = sockets::listen(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options));
        let acceptor = carry::spawn("link-acceptor", {
            let shared = Arc::clone(&shared);
            move || shared.accept_all(&listener, target)
        })?;
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// Returns the address to which clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what the relay has carried until now.
    pub fn stats(&self) -> RelayStats {
        self.shared.counters.stats(self.shared.open())
    }

    /// Resets all open connections, at both ends, and returns how many these are. New ones are
    /// served.
    #[expect(clippy::must_use_candidate, reason = "the count is a by-product")]
    pub fn cut(&self) -> usize {
        self.shared.cut()
    }

    /// Changes the options of open and of new connections, as
    /// [`Link::set_options`](crate::Link::set_options) does. A new seed applies to new connections.
    pub fn set_options(&self, options: &LinkOptions) {
        self.shared.set_options(options);
    }

    /// Where the acceptor can be reached.
    fn reachable(&self) -> SocketAddr {
        let mut address = self.address;
        match address {
            SocketAddr::V4(v4) if v4.ip().is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(v6) if v6.ip().is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The acceptor blocks until someone connects. If that fails it can only be left behind.
        if TcpStream::connect(self.reachable()).is_ok() {
            if let Some(acceptor) = self.acceptor.take() {
                let _ = acceptor.join();
            }
        }
        self.shared.cut();
        self.shared.join();
    }
}
