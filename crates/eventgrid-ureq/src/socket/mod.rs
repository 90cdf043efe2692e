//! Sockets: TCP in the form of ureq, with the time limits and the progress of an attempt.

mod attempt;

pub(crate) use attempt::{Attempt, Ending};

use std::fmt;
use std::io::{self, IoSlice, Read, Write};
#[cfg(any(target_os = "android", target_os = "linux"))]
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::TcpKeepalive;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle, Transport,
};

/// How many bytes of a request may wait in the operating system. With a higher limit, a request
/// would count as sent while most of it is still waiting there.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 64 << 10;

/// A device on the way may forget a connection that is silent. Long polls are silent for minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How often a keep-alive probe without a response is repeated, and the time between two probes. A
/// lost connection is thus known after a minute, and its request fails much earlier than by its
/// time-out.
#[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux", target_os = "macos"))]
const KEEP_ALIVE_AGAIN: (u32, Duration) = (3, Duration::from_secs(10));

/// Time-outs that are longer than this are rounded to whole seconds.
const LONG: Duration = Duration::from_secs(10);

/// The time between two checks for an early response while the socket takes no more bytes.
const LOOK: Duration = Duration::from_millis(100);

/// Makes one read return at once: `MSG_DONTWAIT` of the operating system.
#[cfg(any(target_os = "android", target_os = "linux"))]
const DONT_WAIT: i32 = 0x40;

/// How much of the beginning of a request, its head, is held back until more of it comes. It costs
/// the system much less to send head and body in one piece.
const HELD: usize = 16 << 10;

/// Opens sockets to the addresses of a name, one after the other.
#[derive(Debug, Default)]
pub(crate) struct SocketConnector;

impl<In: Transport> Connector<In> for SocketConnector {
    type Out = Either<In, Socket>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        if let Some(opened) = chained {
            // A proxy's connector has opened it.
            return Ok(Some(Either::A(opened)));
        }
        let stream = Arc::new(open(&details.addrs)?);
        let handle: Arc<dyn ShutdownHandle> = stream.clone();
        (details.register_shutdown)(Arc::downgrade(&handle))?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(Socket {
            stream,
            buffers,
            held: Vec::new(),
            read_timeout: None,
            write_timeout: None,
        })))
    }
}

/// Each address has half of the time that is left, and the last one all of it.
fn open(addresses: &[SocketAddr]) -> io::Result<Handle> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (place, address) in addresses.iter().enumerate() {
        let left = Attempt::current(|attempt| attempt.time_to_write(Instant::now())).transpose()?;
        let others_follow = place + 1 < addresses.len();
        let opened = match left {
            Some(left) => TcpStream::connect_timeout(address, if others_follow { left / 2 } else { left }),
            None => TcpStream::connect(address),
        };
        match opened.and_then(|stream| prepare(&stream).map(|()| stream)) {
            Ok(stream) => return Ok(Handle(stream)),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(any(target_os = "android", target_os = "linux"))]
    socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT)?;
    // If it cannot be set, the connection works without it.
    let _ = socket2::SockRef::from(stream).set_tcp_keepalive(&keep_alive());
    Ok(())
}

fn keep_alive() -> TcpKeepalive {
    let asks = TcpKeepalive::new().with_time(KEEP_ALIVE);
    #[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux", target_os = "macos"))]
    let asks = asks.with_retries(KEEP_ALIVE_AGAIN.0).with_interval(KEEP_ALIVE_AGAIN.1);
    asks
}

/// The handle by which an agent shuts the connection down.
struct Handle(TcpStream);

impl ShutdownHandle for Handle {
    fn shutdown(&self) {
        // An error means that the connection is already closed.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// A TCP connection.
pub(crate) struct Socket {
    stream: Arc<Handle>,
    buffers: LazyBuffers,
    /// The beginning of a request, which is sent together with the bytes after it.
    held: Vec<u8>,
    /// The time-out that was last set in the operating system.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Socket {
    /// Writes the bytes that are held back, and `amount` bytes of the output.
    fn transmit(&mut self, amount: usize) -> Result<(), ureq::Error> {
        // It is never written again, even after an error.
        let mut held = std::mem::take(&mut self.held);
        let length = held.len();
        let mut written = 0;
        while written < length + amount {
            let unwritten = held.get(written..).unwrap_or_default();
            match self.write(unwritten, written.saturating_sub(length)..amount) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(named(error).into()),
            }
        }
        held.clear();
        self.held = held;
        Ok(())
    }

    /// Writes some of these bytes, and of the output after them.
    fn write(&mut self, held: &[u8], output: Range<usize>) -> io::Result<usize> {
        if let Some(left) = Attempt::current(|attempt| attempt.time_to_write(Instant::now())).transpose()? {
            let stream = &self.stream.0;
            let look = left.min(LOOK);
            tell(look, &mut self.write_timeout, |timeout| stream.set_write_timeout(Some(timeout)))?;
        }
        let slices = [IoSlice::new(held), IoSlice::new(&self.buffers.output()[output])];
        let written = match (&self.stream.0).write_vectored(&slices) {
            Err(error) if is_timeout(&error) => {
                // It is only time to check for an early response.
                let late = Attempt::current(|attempt| attempt.time_to_write(Instant::now()));
                late.transpose()?;
                if Attempt::has_early_response(&self.stream.0) {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                return Err(io::ErrorKind::Interrupted.into());
            }
            written => written?,
        };
        Attempt::current(|attempt| attempt.wrote(written, Instant::now())).transpose()?;
        Ok(written)
    }

    fn read(&mut self) -> io::Result<usize> {
        if let Some(left) = Attempt::current(|attempt| attempt.time_to_read(Instant::now())).transpose()? {
            let stream = &self.stream.0;
            tell(left, &mut self.read_timeout, |timeout| stream.set_read_timeout(Some(timeout)))?;
        }
        let read = (&self.stream.0).read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Attempt::current(|attempt| attempt.read(read, Instant::now())).transpose()?;
        Ok(read)
    }
}

/// Reads a byte if there is one.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn look(stream: &TcpStream) -> io::Result<usize> {
    socket2::SockRef::from(stream).recv_with_flags(&mut [MaybeUninit::uninit()], DONT_WAIT)
}

/// Reads a byte if there is one.
#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn look(mut stream: &TcpStream) -> io::Result<usize> {
    stream.set_nonblocking(true)?;
    let looked = stream.read(&mut [0]);
    stream.set_nonblocking(false)?;
    looked
}

/// Sets a time-out in the operating system, if it differs from the last one. The rest of a long
/// time-out is rounded up to whole seconds, so that this is rare.
fn tell(
    left: Duration,
    told: &mut Option<Duration>,
    set: impl FnOnce(Duration) -> io::Result<()>,
) -> io::Result<()> {
    let timeout = rounded(left);
    if *told != Some(timeout) {
        set(timeout)?;
        *told = Some(timeout);
    }
    Ok(())
}

fn rounded(left: Duration) -> Duration {
    if left < LONG {
        return left;
    }
    Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0))
}

/// The operating system has two names for a time-out, and does not know which limit it belongs to.
fn named(error: io::Error) -> io::Error {
    if is_timeout(&error) && error.get_ref().is_none() {
        return Attempt::current(|attempt| attempt.exceeded(Instant::now())).unwrap_or(error);
    }
    error
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Transport for Socket {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        if self.held.is_empty() && amount <= HELD && Attempt::begins_request() {
            self.held.extend_from_slice(&self.buffers.output()[..amount]);
            return Ok(());
        }
        self.transmit(amount)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        if !self.held.is_empty() {
            let transmitted = self.transmit(0);
            Attempt::released();
            transmitted?;
        }
        loop {
            match self.read() {
                Ok(read) => return Ok(read > 0),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(named(error).into()),
            }
        }
    }

    /// Whether the other side has neither closed the connection nor sent bytes that nobody asked
    /// for.
    fn is_open(&mut self) -> bool {
        look(&self.stream.0).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// It is not derived, since that would bring the formatting of times and sockets into the smallest
/// program.
impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventgrid::Limits;
    use std::net::TcpListener;

    /// As ureq sends a piece.
    fn send(socket: &mut Socket, piece: &[u8]) {
        socket.buffers().output()[..piece.len()].copy_from_slice(piece);
        let send = || socket.transmit_output(piece.len(), NextTimeout::default());
        Attempt::count_piece(piece.len(), true, send).unwrap();
    }

    #[test]
    fn the_beginning_of_a_request_leaves_with_what_follows_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = Arc::new(Handle(TcpStream::connect(listener.local_addr().unwrap()).unwrap()));
        let buffers = LazyBuffers::new(16, 16);
        let mut socket =
            Socket { stream, buffers, held: Vec::new(), read_timeout: None, write_timeout: None };
        let (mut server, _) = listener.accept().unwrap();
        let nothing_came = |server: &TcpStream| {
            server.set_nonblocking(true).unwrap();
            assert_eq!(server.peek(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            server.set_nonblocking(false).unwrap();
        };
        let mut came = [0; 9];
        let attempt = || Attempt::new(Limits::new(), Duration::ZERO, Instant::now());
        attempt().run(|| {
            send(&mut socket, b"head ");
            nothing_came(&server);
            send(&mut socket, b"bo");
            send(&mut socket, b"dy");
            server.read_exact(&mut came).unwrap();
        });
        assert_eq!(&came, b"head body");
        // One without a body leaves when its response is awaited.
        attempt().run(|| {
            send(&mut socket, b"head only");
            nothing_came(&server);
            server.write_all(b"!").unwrap();
            assert!(socket.await_input(NextTimeout::default()).unwrap());
            server.read_exact(&mut came).unwrap();
        });
        assert_eq!(&came, b"head only");
    }

    #[test]
    fn what_is_left_of_a_long_time_out_is_the_same_for_a_second() {
        for (left, expected) in [(9999, 9999), (29_001, 30_000), (29_999, 30_000), (30_000, 30_000)] {
            assert_eq!(rounded(Duration::from_millis(left)), Duration::from_millis(expected), "{left}");
        }
    }
}
