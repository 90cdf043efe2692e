//! Whom a device trusts, and what it checks before it does. What a handshake or a connection needs
//! besides does not belong here.

mod certificate;
mod chain;
mod ecdsa;
#[cfg(all(test, any(feature = "p384", feature = "rsa")))]
mod openssl;
#[cfg(feature = "p384")]
mod p384;
#[cfg(feature = "rsa")]
mod rsa;
mod verifier;

use core::fmt;
use core::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor};

pub(crate) use self::verifier::{Cipher, Verifier};

use crate::error::TlsError;

/// The SHA-256 of a certificate's `SubjectPublicKeyInfo`, as `openssl x509 -in server.pem -noout
/// -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256` prints it.
pub type KeyHash = [u8; 32];

/// Whom a device trusts.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Trust<'a> {
    /// Servers with a certificate for their name that one of these authorities issued, directly or
    /// through others.
    Anchors {
        /// The authorities, each made by [`trust_anchor`].
        anchors: &'a [TrustAnchor<'a>],
        /// How it is judged whether the certificates are valid at present.
        validity: Validity<'a>,
    },
    /// Servers with one of these keys, whatever their certificate says.
    ///
    /// The key is that of the server's own certificate, since that is the one which the handshake
    /// proves: a key further up in the chain would prove nothing without the path to it. Neither
    /// name, nor issuer, nor dates of the certificate are looked at. Pin the key that will come
    /// next as well, or the device is cut off when the server changes to it.
    Keys(&'a [KeyHash]),
}

/// How it is judged whether certificates are valid at present.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Validity<'a> {
    /// By the application's clock, which gives the time since 1970-01-01T00:00:00Z. While it gives
    /// `None`, there are no connections.
    At(&'a dyn Fn() -> Option<Duration>),
    /// Not at all, for a device that never knows the time: a certificate counts as valid long after
    /// it has expired, for as long as its key exists, and so does one that was stolen back then.
    ///
    /// What remains checked is that there was a time at which the whole chain was valid.
    DangerouslyAtAnyTime,
}

impl fmt::Debug for Validity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::At(_) => "At(..)",
            Self::DangerouslyAtAnyTime => "DangerouslyAtAnyTime",
        })
    }
}

/// A trust anchor from an authority's certificate.
///
/// # Errors
/// [`TlsError::InvalidCertificate`]: it is no X.509 certificate in DER.
///
/// ```
/// use embedded_tls_webpki::{CertificateDer, trust_anchor};
///
/// # const ROOT_DER: &[u8] = b"";
/// // const ROOT_DER: &[u8] = include_bytes!("root.der");
/// static ROOT: CertificateDer<'static> = CertificateDer::from_slice(ROOT_DER);
///
/// let anchor = trust_anchor(&ROOT);
/// # assert!(anchor.is_err());
/// ```
pub fn trust_anchor<'a>(certificate: &'a CertificateDer<'a>) -> Result<TrustAnchor<'a>, TlsError> {
    webpki::anchor_from_trusted_cert(certificate).map_err(|_| TlsError::InvalidCertificate)
}
