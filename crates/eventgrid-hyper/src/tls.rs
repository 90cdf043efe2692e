//! Whom to trust, and how to identify oneself.

use std::sync::{Arc, OnceLock};

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::InvalidOption;

/// The options of TLS.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// Without any chosen: those of the operating system, or else the bundled ones.
    roots: Option<Arc<RootCertStore>>,
    identity: Option<Arc<SingleCertAndKey>>,
}

impl Options {
    pub(crate) fn trust_native(&mut self) -> Result<(), InvalidOption> {
        self.roots = Some(Arc::new(native_roots().ok_or(InvalidOption::NoNativeRoots)?));
        Ok(())
    }

    pub(crate) fn trust_bundled(&mut self) {
        self.roots = Some(Arc::new(bundled_roots()));
    }

    pub(crate) fn trust(&mut self, pem: &[u8]) -> Result<(), InvalidOption> {
        let mut store = RootCertStore::empty();
        for certificate in certificates(pem)? {
            store.add(certificate).map_err(unusable)?;
        }
        self.roots = Some(Arc::new(store));
        Ok(())
    }

    pub(crate) fn identify(&mut self, chain: &[u8], private_key: &[u8]) -> Result<(), InvalidOption> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(private_key).map_err(|_| InvalidOption::NoPrivateKey)?;
        let pair = CertifiedKey::from_der(chain, key, &default_provider()).map_err(unusable)?;
        self.identity = Some(Arc::new(SingleCertAndKey::from(pair)));
        Ok(())
    }

    fn config(&self) -> ClientConfig {
        let roots = self.roots.clone();
        let roots = roots.unwrap_or_else(|| Arc::new(native_roots().unwrap_or_else(bundled_roots)));
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_root_certificates(roots);
        match &self.identity {
            Some(identity) => config.with_client_cert_resolver(identity.clone()),
            None => config.with_no_client_auth(),
        }
    }
}

/// TLS, made ready when the first connection needs it: reading the operating system's certificates takes some milliseconds.
pub(crate) struct Tls {
    options: Options,
    /// What is offered to the service by ALPN.
    protocols: Vec<Vec<u8>>,
    for_service: OnceLock<Arc<ClientConfig>>,
    for_proxy: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    pub(crate) fn new(options: Options, protocols: Vec<Vec<u8>>) -> Self {
        Self { options, protocols, for_service: OnceLock::new(), for_proxy: OnceLock::new() }
    }

    /// For the service.
    pub(crate) fn for_service(&self) -> Arc<ClientConfig> {
        let make = || {
            let mut config = (*self.for_proxy()).clone();
            config.alpn_protocols.clone_from(&self.protocols);
            Arc::new(config)
        };
        Arc::clone(self.for_service.get_or_init(make))
    }

    /// For a proxy that is spoken to over https: always HTTP/1.1.
    pub(crate) fn for_proxy(&self) -> Arc<ClientConfig> {
        Arc::clone(self.for_proxy.get_or_init(|| Arc::new(self.options.config())))
    }
}

/// What the operating system trusts, if that is anything; what cannot be read of it is left out.
fn native_roots() -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (!store.is_empty()).then_some(store)
}

/// What Mozilla trusts.
fn bundled_roots() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, InvalidOption> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(unusable)?;
    if found.is_empty() { Err(InvalidOption::NoCertificate) } else { Ok(found) }
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> InvalidOption {
    InvalidOption::Certificate(Box::new(error))
}
