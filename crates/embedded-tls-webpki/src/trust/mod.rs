//! Which servers a device trusts, and how it checks them. Other parts of a handshake or a
//! connection do not belong here.

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

/// Which servers a device trusts.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Trust<'a> {
    /// Servers with a certificate for their name that one of these authorities issued, directly or
    /// through others.
    Anchors {
        /// The authorities, each made by [`trust_anchor`].
        anchors: &'a [TrustAnchor<'a>],
        /// How the dates of the certificates are checked.
        validity: Validity<'a>,
    },
    /// Servers with one of these keys, whatever their certificate says.
    ///
    /// The key is that of the server's own certificate, since the handshake proves that the server
    /// has it: a key further up in the chain would prove nothing without the path to it. Name,
    /// issuer and dates of the certificate are not checked. Pin the server's next key as well, or
    /// the device cannot connect any more when the server changes to it.
    Keys(&'a [KeyHash]),
}

/// How the dates of certificates are checked.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Validity<'a> {
    /// By the application's clock, which returns the time since 1970-01-01T00:00:00Z. As long as it
    /// returns `None`, connecting fails.
    At(&'a dyn Fn() -> Option<Duration>),
    /// Not against the present time, for a device that never knows the time. An expired certificate
    /// is accepted forever, even if its key was stolen.
    ///
    /// It is still checked that there was a time at which the whole chain was valid.
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
/// [`TlsError::InvalidCertificate`]: it is not an X.509 certificate in DER.
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
