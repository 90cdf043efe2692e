//! A device with a TLS socket.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::{AsyncSleep, Environment, TransportErrorKind};
use eventgrid_reqwless::tls::{
    CertificateDer, Mailbox, TlsRandom, TlsSettings, TlsSocket, Trust, Validity, session, trust_anchor,
};
use eventgrid_reqwless::{ConnectError, Socket};
use tls_servers::chains::NOW;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;

/// Time as tokio has it.
#[derive(Clone, Copy)]
pub(crate) struct Tokio;

impl AsyncSleep for Tokio {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Environment for Tokio {
    fn unix_time(&self) -> Option<Duration> {
        None
    }

    fn uptime(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        7
    }
}

/// How many bytes went each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) sent: usize,
    pub(crate) received: usize,
}

/// A socket of tokio. Every host is this machine, and every port the same if one is given.
#[derive(Default)]
pub(crate) struct TokioSocket {
    stream: Option<TcpStream>,
    port: Option<u16>,
    bytes: Rc<Cell<Bytes>>,
}

impl TokioSocket {
    pub(crate) fn to(port: u16) -> Self {
        Self { port: Some(port), ..Self::default() }
    }

    /// What goes through it, to be read later.
    pub(crate) fn bytes(&self) -> Rc<Cell<Bytes>> {
        Rc::clone(&self.bytes)
    }

    fn stream(&mut self) -> Result<&mut TcpStream, ErrorKind> {
        self.stream.as_mut().ok_or(ErrorKind::NotConnected)
    }
}

impl ErrorType for TokioSocket {
    type Error = ErrorKind;
}

impl Read for TokioSocket {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let read = self.stream()?.read(buffer).await.map_err(|error| ErrorKind::from(error.kind()))?;
        let Bytes { sent, received } = self.bytes.get();
        self.bytes.set(Bytes { sent, received: received + read });
        Ok(read)
    }
}

impl Write for TokioSocket {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let written = self.stream()?.write(bytes).await.map_err(|error| ErrorKind::from(error.kind()))?;
        let Bytes { sent, received } = self.bytes.get();
        self.bytes.set(Bytes { sent: sent + written, received });
        Ok(written)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.stream()?.flush().await.map_err(|error| error.kind().into())
    }
}

pub(crate) const REFUSED: ConnectError =
    ConnectError::new(TransportErrorKind::Connect, "the connection was refused");

impl Socket for TokioSocket {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, _: &str, port: u16) -> Result<(), ConnectError> {
        let address = ("127.0.0.1", self.port.unwrap_or(port));
        self.stream = Some(TcpStream::connect(address).await.map_err(|_| REFUSED)?);
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(mut stream) = self.stream.take() {
            let _ = stream.shutdown().await;
        }
    }

    fn abort(&mut self) {
        self.stream = None;
    }

    fn is_open(&mut self) -> bool {
        self.stream.is_some()
    }
}

/// Runs a program on a device that trusts this root.
pub(crate) fn run<T>(root: Vec<u8>, program: impl AsyncFnOnce(&mut TlsSocket<'_, '_>) -> T) -> T {
    run_over(TokioSocket::default(), root, program)
}

/// The same over this socket.
pub(crate) fn run_over<T>(
    socket: TokioSocket,
    root: Vec<u8>,
    program: impl AsyncFnOnce(&mut TlsSocket<'_, '_>) -> T,
) -> T {
    let root = CertificateDer::from(root);
    let anchors = [trust_anchor(&root).unwrap()];
    let validity = Validity::At(&|| Some(Duration::from_secs(NOW)));
    let trust = Trust::Anchors { anchors: &anchors, validity };
    let (mut read, mut write, mut mail) = (vec![0; 16640], [0; 1024], [0; 512]);
    let settings = TlsSettings::new(trust, TlsRandom::from_entropy([42; 32]), &mut read, &mut write);
    let mailbox = Mailbox::new(&mut mail);
    let session = pin!(session(&mailbox, socket, settings));
    let mut socket = TlsSocket::new(&mailbox, session);
    block_on(program(&mut socket))
}

/// Runs a device to its end.
pub(crate) fn block_on<T>(device: impl Future<Output = T>) -> T {
    let limit = Duration::from_mins(1);
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async { timeout(limit, device).await.expect("the device hangs") })
}
