//! Sockets with small buffers.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// What a socket may hold in each direction, in bytes. (Linux takes twice as much, for its own
/// needs.)
const BUFFER: usize = 16 << 10;

/// How long the server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a write blocks before it looks whether the connection was reset meanwhile.
const WRITE_TIMEOUT: Duration = Duration::from_millis(100);

pub(super) fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut failure = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in address.to_socket_addrs()? {
        match listen_on(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = small(address)?;
    // A program that starts again may take its port again.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// Prepares a socket that was accepted. It has the buffers of the listener.
pub(super) fn prepare(socket: &TcpStream) -> io::Result<()> {
    // Fragments would be put together again.
    socket.set_nodelay(true)?;
    socket.set_write_timeout(Some(WRITE_TIMEOUT))
}

pub(super) fn connect(target: SocketAddr) -> io::Result<TcpStream> {
    let socket = small(target)?;
    socket.connect_timeout(&target.into(), CONNECT_TIMEOUT)?;
    let socket = socket.into();
    prepare(&socket)?;
    Ok(socket)
}

/// Sees to it that the socket is reset when it is closed, and that a read that blocks returns.
pub(super) fn reset(socket: &TcpStream) {
    // Both fail only if the connection is gone already.
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
    let _ = socket.shutdown(std::net::Shutdown::Read);
}

/// Sizes count from the handshake on, so they must be set before it.
fn small(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_recv_buffer_size(BUFFER)?;
    socket.set_send_buffer_size(BUFFER)?;
    Ok(socket)
}
