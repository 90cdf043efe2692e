//! A [`Socket`] that speaks TLS 1.2 and 1.3 by [Mbed TLS](https://docs.rs/mbedtls-rs).
//!
//! Feature `tls` of `eventgrid-reqwless` supports only TLS 1.3, in Rust and without a heap: use
//! that where the service supports 1.3. Use this for a service that offers only TLS 1.2.
//!
//! It verifies the chain up to the authority that the program names, and that the certificate is
//! the host's. **Dates** are compared with the clock that the program sets by
//! `mbedtls_rs::sys::hook::wall_clock::hook_wall_clock`; without one, every certificate is refused.
//! Revocation is not checked.
//!
//! # On a board
//!
//! - The socket below is a `NetSocket` of embassy-net.
//! - The random numbers for `Tls::new` come from the hardware's generator.
//! - Mbed TLS allocates by C's `calloc` and `free`, which a board has to provide, so it needs a
//!   heap.
//! - The clock hook and the timer hook read the board's clocks.
//! - C sources are compiled for the board's target unless `mbedtls-rs-sys` brings a library for it;
//!   this takes cmake, clang and a C compiler.
#![no_std]

use core::ffi::CStr;

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embedded_io_async::{Error, ErrorKind, ErrorType, Read, Write};
use eventgrid::TransportErrorKind;
use eventgrid_reqwless::{ConnectError, Socket};
use mbedtls_rs::{AuthMode, Certificate, ClientSessionConfig, Session, SessionConfig, TlsReference};

/// The longest name of a host, and a zero behind it.
const HOST: usize = 254;

/// The connection below, which outlives each session on top of it.
pub type Network<S> = Mutex<NoopRawMutex, S>;

/// TLS over another socket.
pub struct MbedTlsSocket<'a, S: Socket> {
    tls: TlsReference<'a>,
    network: &'a Network<S>,
    config: SessionConfig<'a>,
    /// There is one from the end of a handshake on.
    session: Option<Session<'a, Below<'a, S>>>,
}

impl<'a, S: Socket> MbedTlsSocket<'a, S> {
    /// A socket that believes servers with a certificate below one of `authorities`. `network` is
    /// for this socket alone.
    pub fn new(tls: TlsReference<'a>, network: &'a Network<S>, authorities: Certificate<'a>) -> Self {
        let config = SessionConfig::Client(ClientSessionConfig {
            ca_chain: Some(authorities),
            auth_mode: AuthMode::Required,
            ..ClientSessionConfig::new()
        });
        Self { tls, network, config, session: None }
    }

    fn session(&mut self) -> Result<&mut Session<'a, Below<'a, S>>, ErrorKind> {
        self.session.as_mut().ok_or(ErrorKind::NotConnected)
    }
}

impl<S: Socket> Socket for MbedTlsSocket<'_, S> {
    const IS_SECURE: bool = true;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        self.abort();
        let mut bytes = [0; HOST];
        let host_name = c_string(host, &mut bytes)
            .ok_or(tls_error("the host's name is too long, or not a valid name"))?;
        self.network.lock().await.connect(host, port).await?;
        let mut session = Session::new(self.tls, Below(self.network), &self.config)
            .map_err(|_| tls_error("Mbed TLS has no memory for a session"))?;
        session
            .set_server_name(host_name)
            .map_err(|_| tls_error("Mbed TLS does not take the host's name"))?;
        session.connect().await.map_err(|_| {
            tls_error("the handshake failed: the server is not who it should be, or speaks no TLS that is understood")
        })?;
        self.session = Some(session);
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(mut session) = self.session.take() {
            // There is nothing to be done about a failure: the connection is gone either way.
            let _ = session.close().await;
        }
        self.network.lock().await.close().await;
    }

    fn abort(&mut self) {
        self.session = None;
        if let Ok(mut network) = self.network.try_lock() {
            network.abort();
        }
    }

    /// Whatever the server sends between two responses counts against the connection, a notice of
    /// its end among it.
    fn is_open(&mut self) -> bool {
        self.session.is_some() && self.network.try_lock().is_ok_and(|mut network| network.is_open())
    }
}

impl<S: Socket> ErrorType for MbedTlsSocket<'_, S> {
    type Error = ErrorKind;
}

impl<S: Socket> Read for MbedTlsSocket<'_, S> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.session()?.read(buffer).await.map_err(|error| error.kind())
    }
}

impl<S: Socket> Write for MbedTlsSocket<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.session()?.write(bytes).await.map_err(|error| error.kind())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.session()?.flush().await.map_err(|error| error.kind())
    }
}

/// What a session reads from and writes to. Nobody else has the network meanwhile.
struct Below<'a, S>(&'a Network<S>);

impl<S: Socket> ErrorType for Below<'_, S> {
    type Error = S::Error;
}

impl<S: Socket> Read for Below<'_, S> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        self.0.lock().await.read(buffer).await
    }
}

impl<S: Socket> Write for Below<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        self.0.lock().await.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.0.lock().await.flush().await
    }
}

fn c_string<'b>(text: &str, bytes: &'b mut [u8; HOST]) -> Option<&'b CStr> {
    bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    CStr::from_bytes_with_nul(bytes.get(..=text.len())?).ok()
}

const fn tls_error(reason: &'static str) -> ConnectError {
    ConnectError::new(TransportErrorKind::Tls, reason)
}
