//! A socket of tokio.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::TransportErrorKind::{Connect, Resolve};
use eventgrid_reqwless::{ConnectError, Socket};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpStream, lookup_host};

/// A socket of tokio that can be opened again.
#[derive(Default)]
pub(crate) struct TokioSocket(Option<TcpStream>);

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

impl Socket for TokioSocket {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        let addresses = lookup_host((host, port))
            .await
            .map_err(|_| ConnectError::new(Resolve, "there is no such name"))?;
        let mut refusal = ConnectError::new(Resolve, "the name has no address");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    self.0 = Some(stream);
                    return Ok(());
                }
                Err(_) => refusal = ConnectError::new(Connect, "the connection was refused"),
            }
        }
        Err(refusal)
    }

    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, ErrorKind> {
        let stream = &*self.stream()?;
        loop {
            let ready = stream.ready(Interest::READABLE | Interest::WRITABLE).await;
            if ready.map_err(|error| error.kind())?.is_readable() {
                // Tokio says so after a read that filled its buffer, even if it was the last byte.
                let peeked = stream.try_io(Interest::READABLE, || peek(stream));
                if !matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock) {
                    return Ok(None);
                }
            }
            match stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return written.map(Some).map_err(|error| error.kind().into()),
            }
        }
    }

    async fn close(&mut self) {
        if let Some(mut stream) = self.0.take() {
            let _ = stream.shutdown().await;
        }
    }

    fn abort(&mut self) {
        if let Some(stream) = self.0.take() {
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        }
    }

    fn is_open(&mut self) -> bool {
        // By the operating system: tokio knows only what it has seen while it last waited.
        let peeked = self.0.as_ref().map(peek);
        matches!(peeked, Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Looks for a byte that can be read, without waiting.
fn peek(stream: &TcpStream) -> io::Result<usize> {
    SockRef::from(stream).peek(&mut [MaybeUninit::uninit()])
}
