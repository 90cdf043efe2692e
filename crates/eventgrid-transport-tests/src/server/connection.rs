//! One connection, played by its script.

use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use super::received::Received;
use super::script::{Script, Step};
use super::{PATIENCE, STARTING_PROCESS};

/// How many bytes are sent as an endless stream: more than any buffer holds.
const ENDLESS: usize = 64 << 20;

/// Plays a script. A client that goes away, or does not trust the certificate, ends it: what
/// arrived tells.
pub(super) fn play(
    socket: Arc<TcpStream>,
    tls: Option<Arc<ServerConfig>>,
    script: Script,
    record: &dyn Fn(Received),
) {
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(Plain(Arc::clone(&socket))),
        Some(config) => {
            let session = ServerConnection::new(config).unwrap();
            Box::new(StreamOwned::new(session, Plain(Arc::clone(&socket))))
        }
    };
    let mut player = Player { connection: Some(Open { stream: BufReader::new(stream), socket }), record };
    for step in script.0 {
        if player.step(step).is_err() {
            return;
        }
    }
    while player.request().is_ok() {}
}

struct Player<'r> {
    connection: Option<Open>,
    record: &'r dyn Fn(Received),
}

struct Open {
    stream: BufReader<Box<dyn Stream>>,
    socket: Arc<TcpStream>,
}

impl Player<'_> {
    fn step(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Request => self.request()?,
            Step::Head => {
                let received = Received::read_head(self.stream()?)?;
                (self.record)(received);
            }
            Step::Slowly { pieces, size, pace } => {
                let mut received = Received::read_head(self.stream()?)?;
                for _ in 0..pieces {
                    received.read_piece(self.stream()?, size)?;
                    thread::sleep(pace);
                }
                received.read_piece(self.stream()?, usize::MAX)?;
                (self.record)(received);
            }
            Step::End => self.end()?,
            Step::Tunnel => {
                let asked = Received::read(self.stream()?)?;
                if asked.line.starts_with("CONNECT ") {
                    self.write(b"HTTP/1.1 200 OK\r\n\r\n")?;
                    self.request()?;
                } else {
                    (self.record)(asked);
                }
            }
            Step::Write(bytes) => self.write(&bytes)?,
            Step::Fragments(bytes) => {
                for byte in bytes {
                    self.write(&[byte])?;
                }
            }
            Step::Endless(bytes, pace) => {
                let writes = match pace {
                    Duration::ZERO => ENDLESS / bytes.len(),
                    pace => usize::try_from(PATIENCE.as_nanos() / pace.as_nanos()).unwrap_or(usize::MAX),
                };
                for _ in 0..writes {
                    self.write(&bytes)?;
                    thread::sleep(pace);
                }
                return Err(io::ErrorKind::TimedOut.into());
            }
            Step::Serve(respond) => loop {
                let received = Received::read(self.stream()?)?;
                let response = respond(&received);
                (self.record)(received);
                self.write(&response)?;
            },
            Step::Sleep(time) => thread::sleep(time),
            Step::Wait(gate) => gate.wait(),
            Step::Open(gate) => gate.open(),
            Step::Close => {
                self.stream()?.get_mut().farewell()?;
                self.close(PATIENCE)?;
            }
            Step::Cut => self.close(PATIENCE)?,
            Step::Reset => {
                self.close(Duration::ZERO)?;
                follow()?;
            }
        }
        Ok(())
    }

    fn request(&mut self) -> io::Result<()> {
        let received = Received::read(self.stream()?)?;
        (self.record)(received);
        Ok(())
    }

    /// Succeeds if nothing comes but the end of the connection.
    fn end(&mut self) -> io::Result<()> {
        match self.stream()?.read(&mut [0]) {
            Ok(0) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = self.stream()?.get_mut();
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Returns when the client's system knows of it, but for at most `linger`. At zero, it is a
    /// reset.
    fn close(&mut self, linger: Duration) -> io::Result<()> {
        let _no_copies = STARTING_PROCESS.read().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(open) => SockRef::from(&*open.socket).set_linger(Some(linger)),
            None => Ok(()),
        }
    }

    fn stream(&mut self) -> io::Result<&mut BufReader<Box<dyn Stream>>> {
        let connection = self.connection.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(&mut connection.stream)
    }
}

/// Opens another connection within this machine. A reset is not waited for by who sends it; what is
/// sent after it arrives after it.
fn follow() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let _opened = TcpStream::connect(listener.local_addr()?)?;
    listener.accept().map(drop)
}

trait Stream: Read + Write {
    /// Tells the client that nothing more will be sent.
    fn farewell(&mut self) -> io::Result<()>;
}

/// A socket that is closed when its last owner is dropped.
struct Plain(Arc<TcpStream>);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Plain {
    fn farewell(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for StreamOwned<ServerConnection, Plain> {
    fn farewell(&mut self) -> io::Result<()> {
        self.conn.send_close_notify();
        self.flush()
    }
}
