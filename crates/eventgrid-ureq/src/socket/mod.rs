//! Sockets: TCP as ureq has it, with the time and the progress of an attempt.

mod attempt;

pub(crate) use attempt::Attempt;

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

/// How many bytes of a request may wait in the operating system. With more of them, a request would
/// count as sent while most of it has not left yet.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 64 << 10;

/// Long polls are silent for a minute; something on the way may forget a connection earlier.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// A question without a response is repeated so often, after so long each time: after a minute the
/// connection is known to be lost, and the request fails, much earlier than by its time-out.
#[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux", target_os = "macos"))]
const KEEP_ALIVE_AGAIN: (u32, Duration) = (3, Duration::from_secs(10));

/// From here on, whole seconds are exact enough for a time-out.
const LONG: Duration = Duration::from_secs(10);

/// How long a socket that takes no more is left alone, before it is looked at for an early
/// response.
const LOOK: Duration = Duration::from_millis(100);

/// Makes one read return at once: `MSG_DONTWAIT` of the operating system.
#[cfg(any(target_os = "android", target_os = "linux"))]
const DONT_WAIT: i32 = 0x40;

/// How much of the beginning of a request is held back until there is more of it: its head. In one
/// piece, head and body cost the system much less.
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
            // By a proxy.
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

/// Each address has half of the time that is left, the last one all of it.
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
    // It helps on some ways, and on the others a connection does without.
    let _ = socket2::SockRef::from(stream).set_tcp_keepalive(&keep_alive());
    Ok(())
}

fn keep_alive() -> TcpKeepalive {
    let asks = TcpKeepalive::new().with_time(KEEP_ALIVE);
    #[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux", target_os = "macos"))]
    let asks = asks.with_retries(KEEP_ALIVE_AGAIN.0).with_interval(KEEP_ALIVE_AGAIN.1);
    asks
}

/// What an agent shuts down, if it is told to.
struct Handle(TcpStream);

impl ShutdownHandle for Handle {
    fn shutdown(&self) {
        // An error says that it is closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// A TCP connection.
pub(crate) struct Socket {
    stream: Arc<Handle>,
    buffers: LazyBuffers,
    /// The beginning of a request that leaves with what follows it.
    held: Vec<u8>,
    /// What the operating system was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Socket {
    /// Writes what is held back, and so much of the output.
    fn transmit(&mut self, amount: usize) -> Result<(), ureq::Error> {
        // Whatever happens, it is not written again.
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
                // It is time to look, and no more.
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

/// Tells the operating system of a time-out that is another one than the last. What is left of a
/// long one is rounded up to whole seconds, so that this is rare.
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

/// The operating system has two names for a time-out, and does not know what it is one of.
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

    /// Whether the other side has neither closed it nor sent what nobody asked for.
    fn is_open(&mut self) -> bool {
        look(&self.stream.0).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Derived, it would bring what shows times and sockets into the smallest program.
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
