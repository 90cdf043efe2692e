//! What `embedded-tls` asks about the server in the middle of a handshake.

use embedded_tls::{CertificateRef, CertificateVerifyRef, SignatureScheme, TlsVerifier};
use heapless::Vec;
use rustls_pki_types::{SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use webpki::RawPublicKeyEntity;

use super::certificate::Certificate;
use super::ecdsa::P256Sha256;
#[cfg(feature = "p384")]
use super::p384::P384Sha384;
#[cfg(feature = "rsa")]
use super::rsa;
use super::{Trust, chain};
use crate::error::TlsError;

/// The cipher suite that every server of TLS 1.3 must have. Its hash is the one that servers sign.
pub(crate) type Cipher = embedded_tls::Aes128GcmSha256;

/// The longest `SubjectPublicKeyInfo`: RSA of 4096 bits with an exponent of 4 bytes, P-384, or
/// P-256.
const PUBLIC_KEY: usize = if cfg!(feature = "rsa") {
    552
} else if cfg!(feature = "p384") {
    120
} else {
    91
};

/// What a server's signature is made over before the hash of the messages so far, RFC 8446 section
/// 4.4.3.
const CONTEXT: &[u8] = b"TLS 1.3, server CertificateVerify\0";
const PADDING: [u8; 64] = [b' '; 64];
const SIGNED: usize = PADDING.len() + CONTEXT.len() + 32;

/// Authenticates the server of one handshake.
///
/// The chain is checked when it is received, while it is in the buffer. Only what the check of the
/// server's signature needs is kept.
///
/// `embedded-tls` continues if a server sends neither a certificate nor a signature. So the
/// [`outcome`](Self::outcome) must be checked when the handshake is done.
pub(crate) struct Verifier<'a> {
    host: &'a str,
    trust: &'a Trust<'a>,
    progress: Progress,
    /// The server's public key, once its certificate has been accepted.
    public_key: Vec<u8, PUBLIC_KEY>,
    /// What the server must sign with it.
    signed: [u8; SIGNED],
}

#[derive(Clone, Copy)]
enum Progress {
    /// Nothing was received yet.
    Nothing,
    /// The certificate was accepted. The server has not yet proved that it has the key.
    Certificate,
    /// The server is authenticated.
    Authenticated,
    /// It is not.
    Failed(TlsError),
}

impl<'a> Verifier<'a> {
    pub(crate) fn new(host: &'a str, trust: &'a Trust<'a>) -> Self {
        Self { host, trust, progress: Progress::Nothing, public_key: Vec::new(), signed: [0; SIGNED] }
    }

    pub(crate) fn is_authenticated(&self) -> bool {
        self.outcome().is_ok()
    }

    /// Whether the server has proved who it is.
    pub(crate) fn outcome(&self) -> Result<(), TlsError> {
        match self.progress {
            Progress::Authenticated => Ok(()),
            Progress::Failed(error) => Err(error),
            Progress::Nothing | Progress::Certificate => Err(TlsError::NotAuthenticated),
        }
    }

    /// Why it is not, if there is a reason.
    pub(crate) fn error(&self) -> Option<TlsError> {
        match self.progress {
            Progress::Failed(error) => Some(error),
            _ => None,
        }
    }

    fn certificate(&mut self, transcript: &Sha256, chain: &CertificateRef<'_>) -> Result<Progress, TlsError> {
        let Progress::Nothing = self.progress else { return Err(TlsError::Malformed) };
        let public_key =
            Certificate::parse(chain::leaf(chain)?).map_err(|_| TlsError::InvalidCertificate)?.public_key;
        match self.trust {
            Trust::Anchors { anchors, validity } => chain::verify(chain, self.host, anchors, *validity)?,
            Trust::Keys(pins) => {
                let hash: [u8; 32] = Sha256::digest(public_key).into();
                if !pins.iter().any(|pin| hash.ct_eq(pin).into()) {
                    return Err(TlsError::WrongKey);
                }
            }
        }
        let (padding, rest) = self.signed.split_at_mut(PADDING.len());
        let (context, hash) = rest.split_at_mut(CONTEXT.len());
        padding.copy_from_slice(&PADDING);
        context.copy_from_slice(CONTEXT);
        hash.copy_from_slice(&transcript.clone().finalize());
        self.public_key.extend_from_slice(public_key).map_err(|_| TlsError::UnsupportedAlgorithm)?;
        Ok(Progress::Certificate)
    }

    fn signature(&self, verify: &CertificateVerifyRef<'_>) -> Result<Progress, TlsError> {
        let Progress::Certificate = self.progress else { return Err(TlsError::NotAuthenticated) };
        let public_key = SubjectPublicKeyInfoDer::from(self.public_key.as_slice());
        RawPublicKeyEntity::try_from(&public_key)
            .map_err(|_| TlsError::InvalidCertificate)?
            .verify_signature(algorithm(verify.signature_scheme)?, &self.signed, verify.signature)
            .map_err(|_| TlsError::InvalidSignature)?;
        Ok(Progress::Authenticated)
    }

    fn went_on(&mut self, progress: Result<Progress, TlsError>) -> Result<(), embedded_tls::TlsError> {
        match progress {
            Ok(progress) => {
                self.progress = progress;
                Ok(())
            }
            Err(error) => {
                self.progress = Progress::Failed(error);
                Err(embedded_tls::TlsError::InvalidCertificate)
            }
        }
    }
}

impl TlsVerifier<Cipher> for Verifier<'_> {
    /// The host is known already, even if it is an address, which is never sent to the server.
    fn set_hostname_verification(&mut self, _: &str) -> Result<(), embedded_tls::TlsError> {
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &Sha256,
        chain: CertificateRef<'_>,
    ) -> Result<(), embedded_tls::TlsError> {
        let progress = self.certificate(transcript, &chain);
        self.went_on(progress)
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef<'_>) -> Result<(), embedded_tls::TlsError> {
        let progress = self.signature(&verify);
        self.went_on(progress)
    }
}

/// What a server may sign a handshake with: not PKCS#1 v1.5, which TLS 1.3 forbids here.
fn algorithm(scheme: SignatureScheme) -> Result<&'static dyn SignatureVerificationAlgorithm, TlsError> {
    match scheme {
        SignatureScheme::EcdsaSecp256r1Sha256 => Ok(&P256Sha256),
        #[cfg(feature = "p384")]
        SignatureScheme::EcdsaSecp384r1Sha384 => Ok(&P384Sha384),
        #[cfg(feature = "rsa")]
        SignatureScheme::RsaPssRsaeSha256 => Ok(&rsa::PSS_SHA256),
        #[cfg(feature = "rsa")]
        SignatureScheme::RsaPssRsaeSha384 => Ok(&rsa::PSS_SHA384),
        #[cfg(feature = "rsa")]
        SignatureScheme::RsaPssRsaeSha512 => Ok(&rsa::PSS_SHA512),
        _ => Err(TlsError::UnsupportedAlgorithm),
    }
}
