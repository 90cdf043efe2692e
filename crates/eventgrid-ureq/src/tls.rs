//! Whom to trust, and how to identify oneself.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::InvalidOption;

/// The options of TLS.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    roots: RootCerts,
    client: Option<ClientCert>,
}

impl Default for Options {
    fn default() -> Self {
        Self { roots: RootCerts::WebPki, client: None }
    }
}

impl Options {
    pub(crate) fn trust(&mut self, pem: &[u8]) -> Result<(), InvalidOption> {
        let certificates = certificates(pem)?;
        let mut store = rustls::RootCertStore::empty();
        for certificate in &certificates {
            store.add(certificate.clone()).map_err(unusable)?;
        }
        self.roots = for_ureq(&certificates).into_iter().into();
        Ok(())
    }

    #[cfg(feature = "platform-verifier")]
    pub(crate) fn trust_platform(&mut self) {
        self.roots = RootCerts::PlatformVerifier;
    }

    pub(crate) fn identify(&mut self, chain: &[u8], private_key: &[u8]) -> Result<(), InvalidOption> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(private_key).map_err(|_| InvalidOption::NoPrivateKey)?;
        // ureq would panic at the first connection.
        CertifiedKey::from_der(chain.clone(), key, &provider()).map_err(unusable)?;
        let key = PrivateKey::from_pem(private_key).map_err(|_| InvalidOption::NoPrivateKey)?;
        self.client = Some(ClientCert::new_with_certs(&for_ureq(&chain), key));
        Ok(())
    }

    pub(crate) fn into_config(self) -> TlsConfig {
        TlsConfig::builder().root_certs(self.roots).client_cert(self.client).build()
    }
}

/// What ureq takes, too.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, InvalidOption> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(unusable)?;
    if found.is_empty() { Err(InvalidOption::NoCertificate) } else { Ok(found) }
}

fn for_ureq(certificates: &[CertificateDer<'_>]) -> Vec<Certificate<'static>> {
    certificates.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> InvalidOption {
    InvalidOption::Certificate(Box::new(error))
}
