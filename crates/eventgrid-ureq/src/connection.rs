//! How connections are opened and read: as ureq does it, but so that its errors tell what happened.

use std::io;

use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

use crate::error::while_connecting;
use crate::resolver::Addresses;

/// From here on, whole seconds are exact enough for a timeout.
const LONG_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens connections. Whatever goes wrong until one is open goes wrong before anything is sent.
#[derive(Debug)]
pub(crate) struct MarkingConnector {
    inner: DefaultConnector,
    addresses: Addresses,
}

impl MarkingConnector {
    pub(crate) fn new(addresses: Addresses) -> Self {
        Self { inner: DefaultConnector::new(), addresses }
    }
}

impl Connector for MarkingConnector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Connection>, ureq::Error> {
        match self.inner.connect(details, chained) {
            Ok(transport) => Ok(transport.map(Connection)),
            Err(error) => {
                // The service may have moved: the next try asks again where it is.
                self.addresses.forget(details.uri);
                Err(while_connecting(error))
            }
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection(Box<dyn Transport>);

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, rounded(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(rounded(timeout)).map_err(|error| match error {
            // ureq takes a reset for the end of a body that ends with the connection.
            ureq::Error::Io(reset) if is_reset(&reset) => {
                ureq::Error::Io(io::Error::new(io::ErrorKind::BrokenPipe, reset))
            }
            error => error,
        })
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
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
