//! What HTTP is spoken over: a TCP connection, or TLS over it.

use std::io;

use http::uri::Scheme;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

#[cfg(feature = "tls")]
use super::tls::{Tls, TlsSettings};

/// Makes connections ready for HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Acceptor {
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

/// A connection to speak HTTP over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

#[cfg(feature = "tls")]
impl Acceptor {
    /// With TLS, if there are settings for it.
    ///
    /// # Errors
    /// If the settings are no good.
    pub(crate) fn new(settings: Option<&TlsSettings>) -> io::Result<Self> {
        Ok(Self { tls: settings.map(Tls::new).transpose()? })
    }

    /// What is in front of `://`.
    pub(super) fn scheme(&self) -> Scheme {
        if self.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP }
    }

    pub(super) fn certificate_authority(&self) -> Option<&str> {
        self.tls.as_ref()?.certificate_authority()
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        match &self.tls {
            Some(tls) => Ok(Box::new(tls.accept(stream).await?)),
            None => Ok(Box::new(stream)),
        }
    }
}

#[cfg(not(feature = "tls"))]
impl Acceptor {
    pub(crate) fn new() -> Self {
        Self {}
    }

    /// What is in front of `://`.
    pub(super) fn scheme(&self) -> Scheme {
        Scheme::HTTP
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        Ok(Box::new(stream))
    }
}
