//! What a program chooses, and the configuration that comes of it.

use core::fmt;
use std::boxed::Box;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Vec;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use super::Cause;
#[cfg(feature = "native-roots")]
use super::native;
use super::roots::{self, InvalidRoots};

/// Makes what judges the certificates of servers.
pub type MakeVerifier = fn(Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error>;

/// Whom to trust, and what to show to a service that asks. The [default roots](super) are trusted
/// unless others are chosen.
#[derive(Clone, Default)]
pub struct TlsOptions {
    trust: Trust,
    identity: Option<Arc<SingleCertAndKey>>,
}

#[derive(Clone, Default)]
enum Trust {
    #[default]
    DefaultRoots,
    Roots(Arc<RootCertStore>),
    Verifier(MakeVerifier),
}

impl TlsOptions {
    /// Trusts the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or else those of the
    /// operating system. They are read now.
    ///
    /// # Errors
    /// [`InvalidTls::Roots`] if a variable names what cannot be read or has no usable certificate,
    /// and [`InvalidTls::NoNativeRoots`] if the operating system has none.
    #[cfg(feature = "native-roots")]
    pub fn trust_native(&mut self) -> Result<(), InvalidTls> {
        let named = native::named_by(|name| std::env::var_os(name))?;
        let roots = named.or_else(native::native).ok_or(InvalidTls::NoNativeRoots)?;
        self.trust = Trust::Roots(Arc::new(roots));
        Ok(())
    }

    /// Trusts the certificates that Mozilla trusts, as of the build.
    pub fn trust_bundled(&mut self) {
        self.trust = Trust::Roots(Arc::new(roots::bundled()));
    }

    /// Trusts these certificates, as PEM text.
    ///
    /// # Errors
    /// [`InvalidTls::NoCertificate`] if there is none, and [`InvalidTls::Certificate`] if one is
    /// damaged.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), InvalidTls> {
        let mut store = RootCertStore::empty();
        for certificate in certificates(pem)? {
            store.add(certificate).map_err(unusable)?;
        }
        self.trust = Trust::Roots(Arc::new(store));
        Ok(())
    }

    /// Lets a verifier judge certificates, which is made when the first connection needs it.
    pub fn trust_verifier(&mut self, make: MakeVerifier) {
        self.trust = Trust::Verifier(make);
    }

    /// Shows this certificate, with those that lead to its root, to a service that asks for one.
    /// The private key is its own; both are PEM text.
    ///
    /// # Errors
    /// [`InvalidTls`] if one of them is missing or damaged, or they do not belong together.
    pub fn identify(&mut self, chain: &[u8], private_key: &[u8]) -> Result<(), InvalidTls> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(private_key).map_err(|_| InvalidTls::NoPrivateKey)?;
        let pair = CertifiedKey::from_der(chain, key, &provider()).map_err(unusable)?;
        self.identity = Some(Arc::new(SingleCertAndKey::from(pair)));
        Ok(())
    }

    fn config(&self) -> Result<ClientConfig, InvalidTls> {
        let provider = provider();
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| InvalidTls::Provider(Box::new(error)))?;
        let config = match &self.trust {
            Trust::DefaultRoots => {
                config.with_root_certificates(roots::default(|name| std::env::var_os(name))?)
            }
            Trust::Roots(roots) => config.with_root_certificates(Arc::clone(roots)),
            Trust::Verifier(make) => {
                let verifier = make(provider).map_err(|error| InvalidTls::Provider(Box::new(error)))?;
                config.dangerous().with_custom_certificate_verifier(verifier)
            }
        };
        Ok(match &self.identity {
            Some(identity) => config.with_client_cert_resolver(Arc::<SingleCertAndKey>::clone(identity)),
            None => config.with_no_client_auth(),
        })
    }
}

/// Shows no key.
impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions").finish_non_exhaustive()
    }
}

/// The configuration for rustls, made when the first connection needs it: reading roots takes some
/// milliseconds.
pub struct TlsConfig {
    options: TlsOptions,
    made: Mutex<Option<Arc<ClientConfig>>>,
}

impl TlsConfig {
    /// A configuration that is still to be made.
    pub fn new(options: TlsOptions) -> Self {
        Self { options, made: Mutex::new(None) }
    }

    /// The configuration. Threads that ask at the same time wait for the first one, which makes it.
    /// An error is not kept: the next call reads the roots again.
    ///
    /// # Errors
    /// [`InvalidTls::Roots`] if `SSL_CERT_FILE` or `SSL_CERT_DIR` names what cannot be read or has
    /// no usable certificate, and [`InvalidTls::Provider`] if the process's default provider of
    /// cryptography cannot be used.
    pub fn get(&self) -> Result<Arc<ClientConfig>, InvalidTls> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = &*made {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.options.config()?);
        *made = Some(Arc::clone(&config));
        Ok(config)
    }
}

/// Shows no key.
impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig").finish_non_exhaustive()
    }
}

/// The one that the program has installed as its default, or ring.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, InvalidTls> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(unusable)?;
    if found.is_empty() { Err(InvalidTls::NoCertificate) } else { Ok(found) }
}

fn unusable(error: impl core::error::Error + Send + Sync + 'static) -> InvalidTls {
    InvalidTls::Certificate(Box::new(error))
}

/// Why options of TLS cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum InvalidTls {
    /// There is no certificate in the PEM text.
    NoCertificate,
    /// There is no private key in the PEM text that is not encrypted.
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the
    /// certificate.
    Certificate(Cause),
    /// The operating system has no root certificates.
    NoNativeRoots,
    /// What `SSL_CERT_FILE` or `SSL_CERT_DIR` names cannot be used.
    Roots(InvalidRoots),
    /// The process's default provider of cryptography, or the operating system's verifier, cannot
    /// be used.
    Provider(Cause),
}

impl From<InvalidRoots> for InvalidTls {
    fn from(invalid: InvalidRoots) -> Self {
        Self::Roots(invalid)
    }
}

impl fmt::Display for InvalidTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "the PEM text has no certificate",
            Self::NoPrivateKey => "the PEM text has no private key that is not encrypted",
            Self::Certificate(_) => "the certificate or its key cannot be used",
            Self::NoNativeRoots => "the operating system has no root certificates",
            Self::Roots(invalid) => return fmt::Display::fmt(invalid, f),
            Self::Provider(_) => "TLS cannot be set up",
        })
    }
}

impl core::error::Error for InvalidTls {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Certificate(cause) | Self::Provider(cause) => Some(&**cause),
            Self::Roots(invalid) => invalid.source(),
            Self::NoCertificate | Self::NoPrivateKey | Self::NoNativeRoots => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_made_once() {
        let mut options = TlsOptions::default();
        options.trust_bundled();
        let config = TlsConfig::new(options);
        assert!(Arc::ptr_eq(&config.get().unwrap(), &config.get().unwrap()));
    }
}
