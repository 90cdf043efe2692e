//! A device with a TLS socket.

use std::pin::pin;
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::TransportErrorKind;
use eventgrid_reqwless::tls::{
    CertificateDer, Mailbox, TlsRandom, TlsSettings, TlsSocket, Trust, Validity, session, trust_anchor,
};
use eventgrid_reqwless::{ConnectError, Socket};
use tls_servers::chains::NOW;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;

/// A socket of tokio. Every host is this machine.
#[derive(Default)]
struct TokioSocket(Option<TcpStream>);

impl TokioSocket {
    fn stream(&mut self) -> Result<&mut TcpStream, ErrorKind> {
        self.0.as_mut().ok_or(ErrorKind::NotConnected)
    }
}

impl ErrorType for TokioSocket {
    type Error = ErrorKind;
}

impl Read for TokioSocket {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.stream()?.read(buffer).await.map_err(|error| error.kind().into())
    }
}

impl Write for TokioSocket {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.stream()?.write(bytes).await.map_err(|error| error.kind().into())
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
        self.0 = Some(TcpStream::connect(("127.0.0.1", port)).await.map_err(|_| REFUSED)?);
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(mut stream) = self.0.take() {
            let _ = stream.shutdown().await;
        }
    }

    fn abort(&mut self) {
        self.0 = None;
    }

    fn is_open(&mut self) -> bool {
        self.0.is_some()
    }
}

/// Runs a program on a device that trusts this root.
pub(crate) fn run<T>(root: Vec<u8>, program: impl AsyncFnOnce(&mut TlsSocket<'_, '_>) -> T) -> T {
    let root = CertificateDer::from(root);
    let anchors = [trust_anchor(&root).unwrap()];
    let validity = Validity::At(&|| Some(Duration::from_secs(NOW)));
    let trust = Trust::Anchors { anchors: &anchors, validity };
    let (mut read, mut write, mut mail) = (vec![0; 16640], [0; 1024], [0; 512]);
    let settings = TlsSettings::new(trust, TlsRandom::from_entropy([42; 32]), &mut read, &mut write);
    let mailbox = Mailbox::new(&mut mail);
    let session = pin!(session(&mailbox, TokioSocket::default(), settings));
    let mut socket = TlsSocket::new(&mailbox, session);
    let limit = Duration::from_mins(1);
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async { timeout(limit, program(&mut socket)).await.expect("the device hangs") })
}
