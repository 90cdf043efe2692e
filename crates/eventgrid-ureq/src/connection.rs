//! How connections are opened and read: as ureq does it, but so that its errors tell what happened.

use std::io;

use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport,
};

use crate::error::while_connecting;
use crate::resolver::Addresses;
use crate::socket::{Attempt, SocketConnector};
#[cfg(feature = "rustls-bundled-roots")]
use crate::tls::TlsConnector;

/// Opens connections. Whatever goes wrong until one is open goes wrong before anything is sent.
#[derive(Debug)]
pub(crate) struct MarkingConnector {
    tunnel: ConnectProxyConnector,
    socket: SocketConnector,
    #[cfg(feature = "rustls-bundled-roots")]
    tls: TlsConnector,
    addresses: Addresses,
}

impl MarkingConnector {
    pub(crate) fn new(
        addresses: Addresses,
        #[cfg(feature = "rustls-bundled-roots")] tls: TlsConnector,
    ) -> Self {
        Self {
            tunnel: ConnectProxyConnector::default(),
            socket: SocketConnector,
            #[cfg(feature = "rustls-bundled-roots")]
            tls,
            addresses,
        }
    }

    /// TCP to the host, or to the proxy and a tunnel through it; then TLS.
    fn open(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Box<dyn Transport>>, ureq::Error> {
        let tunnel = self.tunnel.connect(details, chained)?;
        let transport = self.socket.connect(details, tunnel)?;
        let transport = transport.map(|transport| -> Box<dyn Transport> { Box::new(transport) });
        #[cfg(feature = "rustls-bundled-roots")]
        let transport = self.tls.connect(details, transport)?;
        Ok(transport)
    }
}

impl Connector for MarkingConnector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Connection>, ureq::Error> {
        match Attempt::connect(|| self.open(details, chained)) {
            Ok(transport) => Ok(transport.map(Connection::new)),
            Err(error) => {
                // The service may have moved: the next try asks again where it is.
                self.addresses.forget(details.uri);
                Err(while_connecting(error, details))
            }
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    inner: Box<dyn Transport>,
    /// Whether the service has answered, and hung up, before it has taken the whole request.
    cut_short: bool,
}

impl Connection {
    fn new(inner: Box<dyn Transport>) -> Self {
        Self { inner, cut_short: false }
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.cut_short {
            return Ok(());
        }
        let sent = Attempt::count_piece(amount, || self.inner.transmit_output(amount, timeout));
        if let Err(ureq::Error::Io(error)) = &sent {
            // ureq reads the answer when it thinks that everything was sent.
            self.cut_short = is_broken(error) && matches!(self.inner.await_input(timeout), Ok(true));
        }
        if self.cut_short { Ok(()) } else { sent }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        match self.inner.await_input(timeout) {
            // ureq takes a reset for the end of a body that ends with the connection.
            Err(ureq::Error::Io(reset)) if is_reset(&reset) => {
                Err(ureq::Error::Io(io::Error::new(io::ErrorKind::BrokenPipe, reset)))
            }
            // So would it take this one, of which writing was told.
            Ok(false) if self.cut_short && self.inner.buffers().input().is_empty() => {
                Err(ureq::Error::Io(io::ErrorKind::BrokenPipe.into()))
            }
            result => result,
        }
    }

    fn is_open(&mut self) -> bool {
        !self.cut_short && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

fn is_broken(error: &io::Error) -> bool {
    is_reset(error) || error.kind() == io::ErrorKind::BrokenPipe
}

fn is_reset(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | UnexpectedEof)
}
