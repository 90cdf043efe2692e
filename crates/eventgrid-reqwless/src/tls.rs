//! TLS 1.3 with a verified server, without a heap.
//!
//! This is [`embedded_tls_webpki`] over a [`Socket`], and a [`Socket`] itself: a [`TlsSocket`] goes
//! into a [`Slot`](crate::Slot), and [`session`] takes the socket below. The docs of [that
//! crate](embedded_tls_webpki) say what is verified and supported, and how large each buffer must
//! be. Its features `rsa` and `p384` are `tls-rsa` and `tls-p384` here.
//!
//! ```
//! use core::pin::pin;
//! use core::time::Duration;
//!
//! use eventgrid_reqwless::eventgrid::AsyncSleep;
//! use eventgrid_reqwless::tls::{
//!     CertificateDer, Mailbox, TlsSettings, TlsError, TlsRandom, TlsSocket, Trust, Validity, session, trust_anchor,
//! };
//! use eventgrid_reqwless::{Reqwless, Slot, Socket};
//!
//! # const ROOT_DER: &[u8] = &[];
//! // const ROOT_DER: &[u8] = include_bytes!("root.der");
//! static ROOT: CertificateDer<'static> = CertificateDer::from_slice(ROOT_DER);
//!
//! async fn run(
//!     network: impl Socket,
//!     timer: impl AsyncSleep,
//!     clock: &dyn Fn() -> Option<Duration>,
//!     entropy: [u8; 32],
//! ) -> Result<(), TlsError> {
//!     let (mut read, mut write, mut mail, mut heads) = ([0; 16640], [0; 1024], [0; 512], [0; 1024]);
//!     let anchors = [trust_anchor(&ROOT)?];
//!     let trust = Trust::Anchors { anchors: &anchors, validity: Validity::At(clock) };
//!     let settings = TlsSettings::new(trust, TlsRandom::from_entropy(entropy), &mut read, &mut write);
//!     let mailbox = Mailbox::new(&mut mail);
//!     let session = pin!(session(&mailbox, network, settings));
//!     let socket = TlsSocket::new(&mailbox, session);
//!     let transport = Reqwless::new(timer, [Slot::new(socket, &mut heads)]);
//!     // As without TLS from here on, for URLs with https.
//!     # let _ = transport;
//!     Ok(())
//! }
//! ```
//!
//! If TLS refuses a connection, the request fails as [`Tls`](eventgrid::TransportErrorKind::Tls),
//! and the source of the error says who must act.
//!
//! The project's suite for transports (`tests/conformance`) runs its rows about TLS over this
//! socket, including client certificates. For what is not supported, above all TLS 1.2, implement
//! [`Socket`] with another TLS library.

use core::convert::Infallible;
use core::future::Future;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
pub use embedded_tls_webpki::{
    CertificateDer, ClientIdentity, InvalidKey, KeyHash, TlsConnectError, TlsError, TlsRandom, TlsSettings,
    Trust, TrustAnchor, Validity, trust_anchor,
};
use embedded_tls_webpki::{Reconnect, session as session_over};
use eventgrid::TransportErrorKind;

use crate::error::ConnectError;
use crate::socket::Socket;

/// The channel between a [`TlsSocket`] and its [`session`].
pub type Mailbox<'b> = embedded_tls_webpki::Mailbox<'b, ConnectError>;

/// A socket that speaks TLS 1.3 with verified servers. Requests to https URLs are sent only through
/// such a socket.
pub type TlsSocket<'a, 'b> = embedded_tls_webpki::TlsSocket<'a, 'b, ConnectError>;

/// Carries out the operations of a [`TlsSocket`], over connections of `socket`.
///
/// It never ends. It need not be spawned: the socket polls it while one of the socket's methods is
/// awaited.
pub fn session<S: Socket>(
    mailbox: &Mailbox<'_>,
    socket: S,
    settings: TlsSettings<'_>,
) -> impl Future<Output = Infallible> {
    session_over(mailbox, Below(socket), settings)
}

impl Socket for TlsSocket<'_, '_> {
    const IS_SECURE: bool = true;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        TlsSocket::connect(self, host, port).await.map_err(|error| match error {
            TlsConnectError::Socket(error) => error,
            TlsConnectError::Tls(error) => ConnectError::new(kind(error), error.reason()),
        })
    }

    fn close(&mut self) -> impl Future<Output = ()> {
        TlsSocket::close(self)
    }

    fn abort(&mut self) {
        TlsSocket::abort(self);
    }

    fn is_open(&mut self) -> bool {
        TlsSocket::is_open(self)
    }
}

/// The kind of an error before a connection is open.
fn kind(error: TlsError) -> TransportErrorKind {
    match error {
        TlsError::Io(ErrorKind::TimedOut) => TransportErrorKind::Timeout,
        TlsError::Io(_) => TransportErrorKind::Connect,
        _ => TransportErrorKind::Tls,
    }
}

/// The socket below TLS, with the methods that TLS calls. It passes on their futures, which costs
/// nothing.
struct Below<S>(S);

impl<S: Socket> Reconnect for Below<S> {
    type ConnectError = ConnectError;

    fn connect(&mut self, host: &str, port: u16) -> impl Future<Output = Result<(), ConnectError>> {
        self.0.connect(host, port)
    }

    fn close(&mut self) -> impl Future<Output = ()> {
        self.0.close()
    }

    fn abort(&mut self) {
        self.0.abort();
    }
}

impl<S: ErrorType> ErrorType for Below<S> {
    type Error = S::Error;
}

impl<S: Read> Read for Below<S> {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, S::Error>> {
        self.0.read(buffer)
    }
}

impl<S: Write> Write for Below<S> {
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, S::Error>> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> impl Future<Output = Result<(), S::Error>> {
        self.0.flush()
    }
}
