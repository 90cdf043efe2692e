//! How connections are opened and read: as ureq does it, but so that its errors tell what happened.

use std::io;

use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};

use crate::error::while_connecting;
use crate::resolver::Addresses;
#[cfg(feature = "rustls-bundled-roots")]
use crate::tls::TlsConnector;

/// From here on, whole seconds are exact enough for a timeout.
const LONG_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens connections. Whatever goes wrong until one is open goes wrong before anything is sent.
#[derive(Debug)]
pub(crate) struct MarkingConnector {
    tunnel: ConnectProxyConnector,
    tcp: TcpConnector,
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
            tcp: TcpConnector::default(),
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
        let transport = self.tcp.connect(details, tunnel)?;
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
        match self.open(details, chained) {
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
        let timeout = rounded(timeout);
        let sent = self.inner.transmit_output(amount, timeout);
        if let Err(ureq::Error::Io(error)) = &sent {
            // ureq reads the answer when it thinks that everything was sent.
            self.cut_short = is_broken(error) && matches!(self.inner.await_input(timeout), Ok(true));
        }
        if self.cut_short { Ok(()) } else { sent }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        match self.inner.await_input(rounded(timeout)) {
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

/// The operating system must be told of each timeout that is another one than the last, and what is left of one is: so it is
/// rounded up.
fn rounded(timeout: NextTimeout) -> NextTimeout {
    if timeout.after < LONG_TIMEOUT || timeout.after.is_not_happening() {
        return timeout;
    }
    let seconds = timeout.after.as_secs() + u64::from(timeout.after.subsec_nanos() > 0);
    NextTimeout { after: Duration::from_secs(seconds), ..timeout }
}

fn is_reset(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_long_timeout_is_the_same_for_a_second() {
        let rounded = |milliseconds| {
            let after = Duration::from_millis(milliseconds);
            rounded(NextTimeout { after, ..NextTimeout::default() }).after
        };
        for (left, expected) in [(9999, 9999), (29_001, 30_000), (29_999, 30_000), (30_000, 30_000)] {
            assert_eq!(rounded(left), Duration::from_millis(expected), "{left}");
        }
        let endless = NextTimeout::default();
        assert_eq!(super::rounded(endless), endless);
    }
}
