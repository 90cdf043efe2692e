//! Https to an endpoint.

use std::io;
use std::sync::Arc;

use eventgrid_transport::tls::{InvalidTls, TlsConfig, TlsOptions};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::failure::{PushFailure, with_causes};

/// Connects by TLS. Trusted are the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or
/// else those of the operating system, or else those that Mozilla trusts; and the emulator's own
/// certificate authority for development.
pub(super) struct PushTls {
    certificate_authority: Option<String>,
    /// Made when it is needed: reading root certificates takes some milliseconds.
    config: OnceCell<Arc<ClientConfig>>,
}

impl PushTls {
    pub(super) fn new(certificate_authority: Option<String>) -> Self {
        Self { certificate_authority, config: OnceCell::new() }
    }

    pub(super) async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, PushFailure> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let failed = |source| PushFailure::Tls { host: host.to_owned(), source };
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let config = self.config.get_or_try_init(|| self.make()).await?;
        TlsConnector::from(Arc::clone(config)).connect(name, stream).await.map_err(failed)
    }

    /// Makes the configuration on a thread that may wait for files.
    async fn make(&self) -> Result<Arc<ClientConfig>, PushFailure> {
        let authority = self.certificate_authority.clone();
        let made = tokio::task::spawn_blocking(move || config(authority.as_deref()));
        match made.await {
            Ok(Ok(config)) => Ok(config),
            Ok(Err(error)) => Err(PushFailure::Roots(with_causes(&error))),
            Err(error) => Err(PushFailure::Roots(error.to_string())),
        }
    }
}

fn config(authority: Option<&str>) -> Result<Arc<ClientConfig>, InvalidTls> {
    let mut options = TlsOptions::default();
    match options.trust_native() {
        Err(InvalidTls::NoNativeRoots) => options.trust_bundled(),
        other => other?,
    }
    if let Some(authority) = authority {
        options.trust(authority.as_bytes())?;
    }
    let mut config = (*TlsConfig::new(options).get()?).clone();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
