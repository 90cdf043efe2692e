//! The options that a program chooses, and the configuration that is made of them.

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

/// Makes a verifier of the certificates of servers.
pub type MakeVerifier = fn(Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error>;

/// Which certificates to trust, and which one to present to a service that asks for it. The
/// [default roots](super) are trusted unless others are chosen.
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
    /// Trusts exactly the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or those of
    /// the operating system if both are unset. They are read during this call.
    ///
    /// # Errors
    /// [`InvalidTls::Roots`] if a variable names a path that cannot be read or that has no usable
    /// certificate, and [`InvalidTls::NoNativeRoots`] if the operating system has none.
    #[cfg(feature = "native-roots")]
    pub fn trust_native(&mut self) -> Result<(), InvalidTls> {
        let named = native::named_by(|name| std::env::var_os(name))?;
        let roots = named.or_else(native::native).ok_or(InvalidTls::NoNativeRoots)?;
        self.trust = Trust::Roots(Arc::new(roots));
        Ok(())
    }

    /// Trusts the certificates that Mozilla trusted when the program was built.
    pub fn trust_bundled(&mut self) {
        self.trust = Trust::Roots(Arc::new(roots::bundled()));
    }

    /// Trusts exactly these certificates. `pem` is PEM text.
    ///
    /// # Errors
    /// [`InvalidTls::NoCertificate`] if `pem` has none, and [`InvalidTls::Certificate`] if one is
    /// damaged.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), InvalidTls> {
        let mut store = RootCertStore::empty();
        for certificate in certificates(pem)? {
            store.add(certificate).map_err(unusable)?;
        }
        self.trust = Trust::Roots(Arc::new(store));
        Ok(())
    }

    /// Lets a verifier decide which certificates to trust. It is made when the first connection
    /// needs it.
    pub fn trust_verifier(&mut self, make: MakeVerifier) {
        self.trust = Trust::Verifier(make);
    }

    /// Presents a client certificate to a service that asks for one. `chain` is the certificate
    /// followed by those that lead to its root, and `private_key` its private key; both are PEM
    /// text.
    ///
    /// # Errors
    /// [`InvalidTls::NoCertificate`] or [`InvalidTls::NoPrivateKey`] if one of them is missing, and
    /// [`InvalidTls::Certificate`] if one is damaged or if the key is not that of the certificate.
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
    /// A configuration that will be made from these options when it is first needed.
    pub fn new(options: TlsOptions) -> Self {
        Self { options, made: Mutex::new(None) }
    }

    /// Returns the configuration. The first call makes it, and threads that call at the same time
    /// wait for that. An error is not kept: the next call reads the roots again.
    ///
    /// # Errors
    /// [`InvalidTls::Roots`] if `SSL_CERT_FILE` or `SSL_CERT_DIR` names a path that cannot be read
    /// or that has no usable certificate, and [`InvalidTls::Provider`] if the process's default
    /// provider of cryptography cannot be used.
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

/// The provider that the program has installed as its default, or ring.
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
    /// The PEM text has no certificate.
    NoCertificate,
    /// The PEM text has no private key, or only an encrypted one.
    NoPrivateKey,
    /// The PEM text, a certificate or a key in it is damaged, or the key is not that of the
    /// certificate.
    Certificate(Cause),
    /// The operating system has no root certificates.
    NoNativeRoots,
    /// The path that `SSL_CERT_FILE` or `SSL_CERT_DIR` names cannot be used.
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
            Self::NoPrivateKey => "the PEM text has no unencrypted private key",
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
