//! TLS 1.3.

mod certificate;
mod chain;
mod ecdsa;
mod error;
mod identity;
mod mailbox;
mod provider;
mod random;
mod records;
#[cfg(feature = "tls-rsa")]
mod rsa;
mod session;
mod socket;
mod trust;
mod verifier;

pub use error::TlsError;
pub use identity::{ClientIdentity, InvalidKey};
pub use mailbox::Mailbox;
pub use random::TlsRandom;
pub use rustls_pki_types::{CertificateDer, TrustAnchor};
pub use session::{Settings, session};
pub use socket::TlsSocket;
pub use trust::{KeyHash, Trust, Validity, trust_anchor};

/// The cipher suite that every server of TLS 1.3 must have.
type Cipher = embedded_tls::Aes128GcmSha256;
