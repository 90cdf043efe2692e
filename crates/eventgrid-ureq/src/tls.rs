//! TLS by rustls. It is added to a connection here rather than by ureq, which trusts other roots,
//! and panics if they cannot be read.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use eventgrid_transport::tls::{TlsConfig, TlsOptions};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

use crate::error::while_securing;

/// Secures the connections to https URLs.
#[derive(Debug, Clone)]
pub(crate) struct TlsConnector(Arc<TlsConfig>);

impl TlsConnector {
    pub(crate) fn new(options: TlsOptions) -> Self {
        Self(Arc::new(TlsConfig::new(options)))
    }

    /// The connection, secured.
    fn secure(
        &self,
        details: &ConnectionDetails<'_>,
        transport: Box<dyn Transport>,
    ) -> Result<TlsTransport, ureq::Error> {
        let config = self.0.get().map_err(|error| while_securing(error, details))?;
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|error| while_securing(error, details))?;
        let mut connection =
            ClientConnection::new(config, name).map_err(|error| while_securing(error, details))?;
        let mut socket = TransportAdapter::new(transport, Arc::clone(&details.current_time));
        socket.set_timeout(what_is_left(details));
        connection.complete_io(&mut socket)?;
        let config = details.config;
        Ok(TlsTransport {
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            stream: StreamOwned::new(connection, socket),
            takes_no_more: false,
        })
    }
}

impl Connector<Box<dyn Transport>> for TlsConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<Box<dyn Transport>>,
    ) -> Result<Option<Box<dyn Transport>>, ureq::Error> {
        match chained {
            Some(transport) if details.needs_tls() => Ok(Some(Box::new(self.secure(details, transport)?))),
            chained => Ok(chained),
        }
    }
}

/// The rest of the time for opening the connection.
fn what_is_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Duration::Exact(limit), Instant::Exact(start), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        timeout.after = Duration::Exact(limit.saturating_sub(now.saturating_duration_since(start)));
    }
    timeout
}

/// A secured connection.
struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
    /// Whether sending has failed. What came before can still be read.
    takes_no_more: bool,
}

impl TlsTransport {
    fn read(&mut self) -> io::Result<usize> {
        let room = self.buffers.input_append_buf();
        if !self.takes_no_more {
            return self.stream.read(room);
        }
        // The stream would first try to send what is left.
        let StreamOwned { conn, sock } = &mut self.stream;
        loop {
            match conn.reader().read(room) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            conn.read_tls(sock)?;
            conn.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        // The stream does not say that sending what it took last has failed; a flush does.
        let sent = self.stream.write_all(&self.buffers.output()[..amount]).and_then(|()| self.stream.flush());
        self.takes_no_more |= sent.is_err();
        Ok(sent?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let read = self.read()?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}
