//! What HTTP is spoken over: a TCP connection, or TLS over it.

use std::io;
use std::time::Duration;

use http::uri::Scheme;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

#[cfg(feature = "tls")]
use super::tls::Tls;

/// Makes connections ready for HTTP.
#[derive(Debug, Clone)]
pub(crate) enum Acceptor {
    Plain,
    #[cfg(feature = "tls")]
    Tls(Tls),
}

/// A connection to speak HTTP over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// Lets the connection be reset when it is dropped, instead of ended cleanly.
    fn reset_when_dropped(&self);
}

impl Stream for TcpStream {
    fn reset_when_dropped(&self) {
        // It fails only on a connection that is gone.
        let _ = SockRef::from(self).set_linger(Some(Duration::ZERO));
    }
}

#[cfg(feature = "tls")]
impl Stream for TlsStream<TcpStream> {
    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }
}

impl Acceptor {
    /// What is in front of `://`.
    pub(super) fn scheme(&self) -> Scheme {
        match self {
            Self::Plain => Scheme::HTTP,
            #[cfg(feature = "tls")]
            Self::Tls(_) => Scheme::HTTPS,
        }
    }

    /// The certificate authority for development, as PEM text, if it is one's certificate that is
    /// shown.
    #[cfg(feature = "tls")]
    pub(super) fn certificate_authority(&self) -> Option<&str> {
        match self {
            Self::Plain => None,
            Self::Tls(tls) => tls.certificate_authority(),
        }
    }

    #[cfg_attr(not(feature = "tls"), expect(clippy::unused_async, reason = "only TLS has a handshake"))]
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Plain => Ok(Box::new(stream)),
            #[cfg(feature = "tls")]
            Self::Tls(tls) => Ok(Box::new(tls.accept(stream).await?)),
        }
    }
}
