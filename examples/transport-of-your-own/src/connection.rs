//! One connection: opening it, sending a request, reading bytes.

use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use eventgrid_transport::{Request, TransportErrorKind};

use crate::clock::Clock;
use crate::error::{Failure, is_timeout};

/// How long a write may block before a look at what the server has sent meanwhile.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What has come and is not used yet.
    pub(crate) buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(authority: &str, clock: &Clock) -> Result<Self, Failure> {
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        let addresses =
            address.to_socket_addrs().map_err(|e| Failure::new(TransportErrorKind::Resolve, e))?;
        let mut failure = Failure::new(TransportErrorKind::Resolve, "the name has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, clock.left()?) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self { stream, buffer: Vec::new() });
                }
                Err(error) if is_timeout(&error) => failure = error.into(),
                Err(error) => failure = Failure::new(TransportErrorKind::Connect, error),
            }
        }
        Err(failure)
    }

    /// Whether the server has neither closed it nor sent anything that was not asked for.
    pub(crate) fn is_idle(&self) -> bool {
        self.peek().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    fn peek(&self) -> std::io::Result<usize> {
        self.stream.set_nonblocking(true)?;
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false)?;
        peeked
    }

    /// Sends a request, and returns whether all of it was sent: a response that comes before is
    /// read instead.
    pub(crate) fn send(&mut self, request: &Request<'_>, clock: &mut Clock) -> Result<bool, Failure> {
        let head = head(request);
        clock.transfer();
        for mut rest in [head.as_bytes(), request.body()] {
            while !rest.is_empty() {
                self.stream.set_write_timeout(Some(clock.left()?.min(LOOK)))?;
                match self.stream.write(rest) {
                    Ok(written) => {
                        clock.sent += written as u64;
                        clock.moved(written)?;
                        rest = &rest[written..];
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) if matches!(self.peek(), Ok(1..)) => return Ok(false),
                    Err(error) if is_timeout(&error) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(true)
    }

    /// Reads bytes, those in the buffer first, and returns how many: 0 if the server has closed it.
    pub(crate) fn read(&mut self, room: &mut [u8], clock: &mut Clock) -> Result<usize, Failure> {
        if !self.buffer.is_empty() {
            let read = room.len().min(self.buffer.len());
            room[..read].copy_from_slice(&self.buffer[..read]);
            self.buffer.drain(..read);
            return Ok(read);
        }
        self.read_stream(room, clock)
    }

    /// Reads more into the buffer, and returns whether there was more.
    pub(crate) fn fill(&mut self, clock: &mut Clock) -> Result<bool, Failure> {
        let mut room = [0; 4096];
        let read = self.read_stream(&mut room, clock)?;
        self.buffer.extend(&room[..read]);
        Ok(read > 0)
    }

    fn read_stream(&mut self, room: &mut [u8], clock: &mut Clock) -> Result<usize, Failure> {
        loop {
            self.stream.set_read_timeout(Some(clock.left()?))?;
            match self.stream.read(room) {
                Ok(0) => return Ok(0),
                Ok(read) => {
                    clock.received(read)?;
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The request up to its body: what the request has, and what HTTP/1.1 demands.
fn head(request: &Request<'_>) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.path_and_query());
    let _ = write!(head, "host: {}\r\n", request.authority());
    if !request.headers().any(|header| header.name() == "accept-encoding") {
        head.push_str("accept-encoding: identity\r\n");
    }
    if request.method() != "GET" || !request.body().is_empty() {
        let _ = write!(head, "content-length: {}\r\n", request.body().len());
    }
    head + request.header_lines() + request.credential_lines() + "\r\n"
}
