//! Opens connections and reads from them, as ureq itself does, but with errors that say what
//! happened.

use std::io;
use std::time::Instant;

use eventgrid_transport::http1::HttpError;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport,
};

use crate::error::{is_tls, while_connecting};
use crate::resolver::Addresses;
use crate::socket::{Attempt, SocketConnector};
#[cfg(feature = "rustls-bundled-roots")]
use crate::tls::TlsConnector;

/// Opens connections. If that fails, no byte of the request was sent.
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
                // The service may have another address now, so the next attempt resolves the name
                // again.
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
    /// Whether the service has responded and closed the connection before it read the whole
    /// request.
    cut_short: bool,
    /// Whether ureq has not yet read that response.
    is_unseen: bool,
    /// Whether it must not be used again.
    is_last: bool,
}

impl Connection {
    fn new(inner: Box<dyn Transport>) -> Self {
        Self { inner, cut_short: false, is_unseen: false, is_last: false }
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.is_last |= Attempt::ending().is_some_and(|ending| ending.is_last);
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.cut_short {
            return Ok(());
        }
        let sent = Attempt::count_piece(amount, !self.inner.is_tls(), || {
            self.inner.transmit_output(amount, timeout)
        });
        if !matches!(&sent, Err(ureq::Error::Io(error)) if is_broken(error)) {
            return sent;
        }
        match self.inner.await_input(timeout) {
            // ureq reads the response if it believes that everything was sent.
            Ok(true) => {
                (self.cut_short, self.is_unseen) = (true, true);
                Ok(())
            }
            // A server that refuses the client says why before it closes the connection.
            Err(refusal) if is_tls(&refusal) => Err(refusal),
            _ => sent,
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if std::mem::take(&mut self.is_unseen) {
            Attempt::head_begins(Instant::now());
            return Ok(true);
        }
        match self.inner.await_input(timeout) {
            // ureq takes a reset for the end of a body that ends with the connection.
            Err(ureq::Error::Io(reset)) if is_reset(&reset) => {
                Err(ureq::Error::Io(io::Error::new(io::ErrorKind::BrokenPipe, reset)))
            }
            // ureq would also take this end for the end of a body: the reset was reported to an
            // earlier write.
            Ok(false) if self.cut_short && self.inner.buffers().input().is_empty() => {
                Err(ureq::Error::Io(io::ErrorKind::BrokenPipe.into()))
            }
            // ureq takes this end for that of a body whose last chunk has come, and for a stall
            // within the line before a chunk.
            Ok(false) if is_cut_off(self.inner.buffers()) => {
                let cut_off = HttpError::BodyCutOff.to_string();
                Err(ureq::Error::Io(io::Error::new(io::ErrorKind::BrokenPipe, cut_off)))
            }
            Ok(true) if Attempt::reads_head() => {
                Attempt::head_begins(Instant::now());
                repair(self.inner.buffers());
                Ok(true)
            }
            result => result,
        }
    }

    fn is_open(&mut self) -> bool {
        // ureq asks at the end of a body whether to keep the connection, and again before it uses
        // it. Only then must the socket be checked.
        !self.cut_short && !self.is_last && (Attempt::reads_body() || self.inner.is_open())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Whether the end of the connection has come before that of the body. If there is no room in the
/// buffer, nothing could come.
fn is_cut_off(buffers: &mut dyn Buffers) -> bool {
    let is_within = Attempt::ending().is_some_and(|ending| !ending.with_connection);
    is_within && !buffers.input_append_buf().is_empty()
}

/// Changes what ureq would refuse in received heads, although it is valid.
fn repair(buffers: &mut dyn Buffers) {
    let input = buffers.input();
    if !has_fold(input) && !input.starts_with(INFORMATIONAL) {
        return;
    }
    let repaired = repaired(input);
    let length = repaired.len();
    buffers.input_consume(length);
    buffers.input_append_buf()[..length].copy_from_slice(&repaired);
    buffers.input_appended(length);
}

/// The same bytes, in which ureq can read the heads: folds are spaces (RFC 9112, 5.2), and each
/// response 100 is a 102, because ureq passes over a 102 with headers, but refuses a 100 with them.
fn repaired(input: &[u8]) -> Vec<u8> {
    let is_fold = |bytes: &[u8]| matches!(bytes, [b'\r', b'\n', b' ' | b'\t']);
    let mut repaired = input.to_vec();
    let mut start = 0;
    loop {
        let head = &input[start..];
        let end = head.windows(END.len()).position(|bytes| bytes == END);
        for at in start..(start + end.unwrap_or(head.len())).saturating_sub(2) {
            if is_fold(&input[at..at + 3]) {
                repaired[at..at + 2].copy_from_slice(b"  ");
            }
        }
        if head.starts_with(CONTINUE) {
            repaired[start + CONTINUE.len() - 1] = b'2';
        }
        match end {
            // Another head follows one that is not final.
            Some(end) if head.starts_with(INFORMATIONAL) => start += end + END.len(),
            _ => return repaired,
        }
    }
}

const CONTINUE: &[u8] = b"HTTP/1.1 100";
const INFORMATIONAL: &[u8] = b"HTTP/1.1 1";

/// The end of a head.
const END: &[u8] = b"\r\n\r\n";

/// Whether a line of the head continues the line before. Most heads have no such line, so this
/// check is the only cost for them.
fn has_fold(mut input: &[u8]) -> bool {
    while let Some(end) = input.iter().position(|byte| *byte == b'\n') {
        input = &input[end + 1..];
        match input {
            [b' ' | b'\t', ..] => return true,
            [b'\r', b'\n', ..] => return false,
            _ => {}
        }
    }
    false
}

fn is_broken(error: &io::Error) -> bool {
    is_reset(error) || error.kind() == io::ErrorKind::BrokenPipe
}

fn is_reset(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_is_seen_in_the_head_alone() {
        for (input, is_folded) in [
            ("", false),
            ("HTTP/1.1 200 OK\r\na: b\r\n", false),
            ("HTTP/1.1 200 OK\r\na: b\r\n c\r\n", true),
            ("HTTP/1.1 200 OK\r\na:\r\n\tb\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\na: b\r\n\r\n{\r\n }", false),
            ("HTTP/1.1 200 OK\r\na: b\r\n\r", false),
        ] {
            assert_eq!(has_fold(input.as_bytes()), is_folded, "{input:?}");
        }
    }

    #[test]
    fn heads_are_repaired_up_to_the_last_one() {
        for (input, expected) in [
            ("HTTP/1.1 100 C\r\na: b\r\n\r\n", "HTTP/1.1 102 C\r\na: b\r\n\r\n"),
            ("HTTP/1.1 100", "HTTP/1.1 102"),
            ("HTTP/1.1 10", "HTTP/1.1 10"),
            (
                "HTTP/1.1 103 E\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 O\r\na:\r\n b\r\n\r\n",
                "HTTP/1.1 103 E\r\n\r\nHTTP/1.1 102 C\r\n\r\nHTTP/1.1 200 O\r\na:   b\r\n\r\n",
            ),
            (
                "HTTP/1.1 200 O\r\n\r\nHTTP/1.1 100 C\r\n\r\n a\r\n b",
                "HTTP/1.1 200 O\r\n\r\nHTTP/1.1 100 C\r\n\r\n a\r\n b",
            ),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8(repaired(input.as_bytes())).unwrap(), expected);
        }
    }
}
