//! Who the client is, for servers that ask.

use core::fmt;

use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey;

/// The client's certificate and its P-256 key.
///
/// Only this one certificate is sent, so the server must trust its issuer directly. A server
/// refuses a certificate only after the handshake: then connecting succeeds, and the first read
/// fails with [`TlsError::ClientRefused`](crate::TlsError::ClientRefused).
pub struct ClientIdentity<'a> {
    pub(super) certificate: &'a [u8],
    pub(super) key: SigningKey,
}

/// A private key that is not a P-256 key in PKCS#8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the private key is not a P-256 key in PKCS#8 DER: convert it with `openssl pkcs8 -topk8 -nocrypt -outform DER`"
)]
pub struct InvalidKey;

impl<'a> ClientIdentity<'a> {
    /// An identity of a certificate (X.509, DER) and its private key (PKCS#8, DER, not encrypted).
    ///
    /// The key is overwritten in memory when the identity is dropped.
    ///
    /// # Errors
    /// The key is of another kind or format. It is not checked whether the key belongs to the
    /// certificate.
    pub fn new(certificate: &'a [u8], key: &[u8]) -> Result<Self, InvalidKey> {
        let key = SigningKey::from_pkcs8_der(key).map_err(|_| InvalidKey)?;
        Ok(Self { certificate, key })
    }
}

/// Does not show the key.
impl fmt::Debug for ClientIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity")
            .field("certificate_len", &self.certificate.len())
            .finish_non_exhaustive()
    }
}
