//! An emulator that is started as a server.

use std::io;
use std::net::{TcpListener, ToSocketAddrs};

use super::EmulatorBuilder;
use super::pushes::PUSH_TIMEOUT;
use crate::configuration_error::ConfigurationError;
#[cfg(not(feature = "data"))]
use crate::server::Persistence;
#[cfg(feature = "tls")]
use crate::server::Tls;
use crate::server::{Acceptor, AdminSettings, PATIENCE, RunningEmulator, ServerSettings};
#[cfg(not(feature = "data"))]
use crate::service::Emulator;

impl EmulatorBuilder {
    /// Starts the emulator as an HTTP server, on a thread of its own. Port 0 picks a free one.
    ///
    /// # Errors
    /// If the configuration is not valid ([`io::ErrorKind::InvalidInput`], with a
    /// [`ConfigurationError`] as its cause), if a certificate or its key is not valid or cannot be
    /// read or written ([`io::ErrorKind::InvalidData`]), or if the emulator cannot listen on an
    /// address; for that of the admin API, the cause is an
    /// [`AdminListenError`](crate::server::AdminListenError).
    pub fn start(self, address: impl ToSocketAddrs) -> io::Result<RunningEmulator> {
        self.start_with(|| Ok(vec![TcpListener::bind(address)?]))
    }

    /// Starts the emulator like [`start`](Self::start), on existing listeners: of several
    /// addresses, for example, or of a socket that a supervisor opened.
    ///
    /// ```
    /// use std::net::TcpListener;
    /// use eventgrid_emulator::Emulator;
    ///
    /// let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    /// let emulator = Emulator::builder().start_on(listeners)?;
    /// assert_eq!(emulator.endpoints().count(), 2);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`start`](Self::start), and [`io::ErrorKind::InvalidInput`] if there is no
    /// listener.
    pub fn start_on(self, listeners: impl IntoIterator<Item = TcpListener>) -> io::Result<RunningEmulator> {
        self.start_with(|| Ok(listeners.into_iter().collect()))
    }

    fn start_with(
        self,
        listeners: impl FnOnce() -> io::Result<Vec<TcpListener>>,
    ) -> io::Result<RunningEmulator> {
        let acceptor = Acceptor::Plain;
        #[cfg(feature = "tls")]
        let acceptor = match &self.tls {
            Some(settings) => Acceptor::Tls(Tls::new(settings, &self.tls_names)?),
            None => acceptor,
        };
        let admin = self.admin.clone();
        let settings = ServerSettings {
            acceptor,
            patience: self.patience.unwrap_or(PATIENCE),
            on_request: self.on_request.clone(),
            admin: admin.map(|listen| AdminSettings { listen, token: self.admin_token.clone() }),
            push_hosts: self.push_hosts.clone(),
            push_timeout: self.push_timeout.unwrap_or(PUSH_TIMEOUT),
            callback: self.push_callback.clone(),
        };
        self.check().map_err(invalid)?;
        // An address that is in use is noticed before anything is written.
        let listeners = listeners()?;
        let (emulator, persistence) = self.build_for_server()?;
        RunningEmulator::start(emulator, settings, listeners, persistence)
    }

    #[cfg(not(feature = "data"))]
    fn build_for_server(self) -> io::Result<(Emulator, Persistence)> {
        Ok((self.build().map_err(invalid)?, Persistence::default()))
    }
}

pub(super) fn invalid(error: ConfigurationError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
