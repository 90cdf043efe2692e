//! HTTPS: the server's certificate, and the handshake.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::development_authority::{DevelopmentAuthority, Names};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Where the certificate comes from.
#[derive(Debug, Clone)]
pub(crate) enum TlsSettings {
    /// A certificate authority for development that is made up.
    Development,
    /// The one in this folder.
    DevelopmentIn(PathBuf),
    /// The user.
    Certificate(CertificatePem),
}

/// A chain of certificates and the private key of the first one, in PEM form. `Debug` shows nothing
/// of them.
#[derive(Clone)]
pub(crate) struct CertificatePem {
    certificates: Vec<u8>,
    private_key: Vec<u8>,
}

/// A certificate and how to speak TLS with it.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate_authority: Option<Arc<str>>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsError {
    #[error("the certificates are not in PEM form: give one or more blocks of BEGIN CERTIFICATE")]
    Certificates(#[source] pem::Error),
    #[error("the private key is not in PEM form: give a block of BEGIN PRIVATE KEY")]
    PrivateKey(#[source] pem::Error),
    #[error("the certificate and the private key cannot be used")]
    Unusable(#[from] rustls::Error),
    #[error("cannot make a certificate")]
    Making(#[from] rcgen::Error),
    #[error("cannot use {path}")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "cannot use {path}: it is not a private key in PEM form: delete it and ca.pem to have new ones made"
    )]
    AuthorityKey { path: PathBuf },
    #[error(
        "the certificate authority in {folder} cannot sign for {names}: delete its ca.pem and ca-key.pem to have new ones \
         made, and let clients trust the new ca.pem"
    )]
    Authority { folder: PathBuf, names: String, source: Box<dyn Error + Send + Sync> },
    #[error(
        "{name:?} is not a name or address that a certificate can be for: give one such as emulator or 10.0.0.7"
    )]
    Name { name: String },
    #[error("there is {present} but no {missing} beside it: put it there, or delete the other one")]
    Half { present: PathBuf, missing: &'static str },
}

impl TlsSettings {
    pub(crate) fn certificate(certificates: Vec<u8>, private_key: Vec<u8>) -> Self {
        Self::Certificate(CertificatePem { certificates, private_key })
    }
}

/// Checks a name or address that a certificate for development is to be for.
#[cfg(feature = "configuration")]
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    super::development_authority::check_name(name).map_err(|error| error.to_string())
}

impl Tls {
    /// The names are those that a certificate for development is also for.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`], with a [`TlsError`] as its cause.
    pub(crate) fn new(settings: &TlsSettings, names: &[String]) -> io::Result<Self> {
        Self::load(settings, names).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn load(settings: &TlsSettings, names: &[String]) -> Result<Self, TlsError> {
        let names = Names::new(names)?;
        let authority = match settings {
            TlsSettings::Certificate(pem) => {
                let (certificates, private_key) = pem.parse()?;
                return Ok(Self::with(certificates, private_key, None)?);
            }
            TlsSettings::Development => DevelopmentAuthority::new(&names)?,
            TlsSettings::DevelopmentIn(folder) => DevelopmentAuthority::in_folder(folder, &names)?,
        };
        let (certificate, private_key) = authority.issue(&names)?;
        Ok(Self::with(vec![certificate], private_key, Some(authority.certificate().into()))?)
    }

    fn with(
        certificates: Vec<CertificateDer<'static>>,
        private_key: PrivateKeyDer<'static>,
        certificate_authority: Option<Arc<str>>,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates, private_key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate_authority })
    }

    pub(super) fn certificate_authority(&self) -> Option<&str> {
        self.certificate_authority.as_deref()
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        tokio::time::timeout(HANDSHAKE, self.acceptor.accept(stream)).await?
    }
}

impl CertificatePem {
    fn parse(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&self.certificates)
            .collect::<Result<_, _>>()
            .map_err(TlsError::Certificates)?;
        if certificates.is_empty() {
            return Err(TlsError::Certificates(pem::Error::NoItemsFound));
        }
        let private_key = PrivateKeyDer::from_pem_slice(&self.private_key).map_err(TlsError::PrivateKey)?;
        Ok((certificates, private_key))
    }
}

impl fmt::Debug for CertificatePem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
