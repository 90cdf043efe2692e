//! Clients and servers on either side of a relay.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use link::relay::{Relay, RelayStats};
use link::{LinkOptions, PipeOptions};
use socket2::SockRef;

/// A relay, and a server that it passes connections on to.
pub(crate) struct Setup {
    pub(crate) relay: Relay,
    server: TcpListener,
}

impl Setup {
    pub(crate) fn new(options: &LinkOptions) -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Relay::start(server.local_addr().unwrap(), options).unwrap();
        Self { relay, server }
    }

    pub(crate) fn both(options: PipeOptions) -> Self {
        Self::new(&LinkOptions::new().seed(7).both(options))
    }

    /// A connection: the client's socket and the server's.
    pub(crate) fn connect(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.relay.address()).unwrap();
        (client, self.server.accept().unwrap().0)
    }
}

/// A server that sends back what it receives, until its process ends.
pub(crate) fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for socket in listener.incoming() {
            thread::spawn(move || {
                let socket = socket.unwrap();
                io::copy(&mut &socket, &mut &socket)
            });
        }
    });
    address
}

/// Bytes of which none is like its neighbours.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|place| u8::try_from(place % 251).unwrap()).collect()
}

/// Sends bytes and the end of the stream.
pub(crate) fn send(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    socket.write_all(bytes)?;
    socket.shutdown(std::net::Shutdown::Write)
}

/// Receives until the end of the stream or a reset. What came before that is returned in either
/// case.
pub(crate) fn receive(mut socket: &TcpStream) -> (Vec<u8>, io::Result<()>) {
    let mut received = Vec::new();
    let result = socket.read_to_end(&mut received);
    (received, result.map(drop))
}

/// Closes a socket by a reset.
pub(crate) fn reset(socket: TcpStream) {
    SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    drop(socket);
}

/// Whether the socket is reset, without any bytes before.
pub(crate) fn is_reset(socket: &TcpStream) -> bool {
    let (received, result) = receive(socket);
    received.is_empty() && result.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
}

/// Waits until the statistics are as expected, but not forever.
pub(crate) fn until(relay: &Relay, expected: impl Fn(&RelayStats) -> bool) {
    for _ in 0..60_000 {
        if expected(&relay.stats()) {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("the statistics stay at {:?}", relay.stats());
}
