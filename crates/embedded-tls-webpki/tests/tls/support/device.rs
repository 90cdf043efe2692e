//! A device with a TLS socket.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use embedded_tls_webpki::{
    CertificateDer, ClientIdentity, Mailbox, Reconnect, TlsConnectError, TlsError, TlsRandom, TlsSettings,
    TlsSocket, Trust, Validity, session, trust_anchor,
};
use tls_servers::chains::{HOST, NOW};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;

/// The time that a device's clock shows unless a test says otherwise.
pub(crate) const AT: Validity<'static> = Validity::At(&|| Some(Duration::from_secs(NOW)));

/// A socket of tokio. Every host is this machine.
#[derive(Default)]
pub(crate) struct TokioSocket {
    stream: Option<TcpStream>,
    /// How often it was closed cleanly.
    pub(crate) closed: Rc<Cell<usize>>,
}

impl TokioSocket {
    fn stream(&mut self) -> Result<&mut TcpStream, ErrorKind> {
        self.stream.as_mut().ok_or(ErrorKind::NotConnected)
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

impl Reconnect for TokioSocket {
    type ConnectError = ErrorKind;

    async fn connect(&mut self, _: &str, port: u16) -> Result<(), ErrorKind> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        self.stream = Some(stream.map_err(|error| ErrorKind::from(error.kind()))?);
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(mut stream) = self.stream.take() {
            let _ = stream.shutdown().await;
            self.closed.set(self.closed.get() + 1);
        }
    }

    fn abort(&mut self) {
        self.stream = None;
    }
}

/// What a device is built with.
#[derive(Clone, Copy)]
pub(crate) struct Device<'a> {
    pub(crate) trust: Trust<'a>,
    pub(crate) identity: Option<&'a ClientIdentity<'a>>,
    pub(crate) read_buffer: usize,
    pub(crate) write_buffer: usize,
    pub(crate) mailbox: usize,
}

impl<'a> Device<'a> {
    pub(crate) fn trusting(trust: Trust<'a>) -> Self {
        Self { trust, identity: None, read_buffer: 16640, write_buffer: 1024, mailbox: 512 }
    }

    /// Runs a program on the device.
    pub(crate) fn run<T>(&self, program: impl AsyncFnOnce(&mut TlsSocket<'_, '_, ErrorKind>) -> T) -> T {
        self.run_over(TokioSocket::default(), program)
    }

    pub(crate) fn run_over<T>(
        &self,
        socket: impl Reconnect<ConnectError = ErrorKind>,
        program: impl AsyncFnOnce(&mut TlsSocket<'_, '_, ErrorKind>) -> T,
    ) -> T {
        let mut memory = vec![0; self.mailbox];
        let mailbox = Mailbox::new(&mut memory);
        let (mut read, mut write) = (vec![0; self.read_buffer], vec![0; self.write_buffer]);
        let settings = TlsSettings::new(self.trust, TlsRandom::from_entropy([42; 32]), &mut read, &mut write)
            .with_identity(self.identity);
        let session = pin!(session(&mailbox, socket, settings));
        let mut socket = TlsSocket::new(&mailbox, session);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let limit = Duration::from_secs(60);
        runtime.block_on(async {
            tokio::time::timeout(limit, program(&mut socket)).await.expect("the device hangs")
        })
    }

    /// Connects and has a line echoed. A failure to connect is one of TLS, and the last error.
    pub(crate) fn echo(&self, host: &str, port: u16) -> Result<(), TlsError> {
        self.exchange(host, port, *b"hello\n")
    }

    /// The same, where the server turns the line around.
    pub(crate) fn echo_reversed(&self, host: &str, port: u16) -> Result<(), TlsError> {
        self.exchange(host, port, *b"olleh\n")
    }

    fn exchange(&self, host: &str, port: u16, response: [u8; 6]) -> Result<(), TlsError> {
        self.run(async |socket| {
            if let Err(error) = socket.connect(host, port).await {
                let TlsConnectError::Tls(error) = error else { panic!("{error:?}") };
                assert_eq!(socket.last_error(), Some(error));
                return Err(error);
            }
            exchange(socket, response).await?;
            socket.close().await;
            Ok(())
        })
    }
}

pub(crate) async fn echo(socket: &mut TlsSocket<'_, '_, ErrorKind>) -> Result<(), TlsError> {
    exchange(socket, *b"hello\n").await
}

async fn exchange(socket: &mut TlsSocket<'_, '_, ErrorKind>, response: [u8; 6]) -> Result<(), TlsError> {
    socket.write_all(b"hello\n").await?;
    socket.flush().await?;
    let mut line = [0; 6];
    let mut length = 0;
    while length < line.len() {
        match socket.read(&mut line[length..]).await? {
            0 => return Err(TlsError::Truncated),
            read => length += read,
        }
    }
    assert_eq!(line, response);
    Ok(())
}

/// The verdict of a device that trusts this root, on the usual host and at the usual time.
pub(crate) fn verdict(root: Vec<u8>, port: u16) -> Result<(), TlsError> {
    verdict_on(root, HOST, port)
}

pub(crate) fn verdict_on(root: Vec<u8>, host: &str, port: u16) -> Result<(), TlsError> {
    verdict_at(root, host, AT, port)
}

pub(crate) fn verdict_at(
    root: Vec<u8>,
    host: &str,
    validity: Validity<'_>,
    port: u16,
) -> Result<(), TlsError> {
    trusting(root, validity, |device| device.echo(host, port))
}

pub(crate) fn trusting<T>(root: Vec<u8>, validity: Validity<'_>, test: impl FnOnce(Device<'_>) -> T) -> T {
    let root = CertificateDer::from(root);
    let anchors = [trust_anchor(&root).unwrap()];
    test(Device::trusting(Trust::Anchors { anchors: &anchors, validity }))
}
