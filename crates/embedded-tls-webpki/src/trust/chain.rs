//! The chain of certificates that a server sends: is it for the host, and does it lead to a trust
//! anchor?

use core::time::Duration;

use embedded_tls::{CertificateEntryRef, CertificateRef};
use heapless::Vec;
use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath};

use super::Validity;
use super::certificate::Certificate;
use super::ecdsa::P256Sha256;
#[cfg(feature = "p384")]
use super::p384::P384Sha384;
#[cfg(feature = "rsa")]
use super::rsa;
use crate::error::TlsError;

/// How many certificates a server may send above its own.
const INTERMEDIATES: usize = 8;

/// What a certificate may be signed with.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    &P256Sha256,
    #[cfg(feature = "p384")]
    &P384Sha384,
    #[cfg(feature = "rsa")]
    &rsa::PKCS1_SHA256,
    #[cfg(feature = "rsa")]
    &rsa::PKCS1_SHA384,
    #[cfg(feature = "rsa")]
    &rsa::PKCS1_SHA512,
    #[cfg(feature = "rsa")]
    &rsa::PSS_SHA256,
    #[cfg(feature = "rsa")]
    &rsa::PSS_SHA384,
    #[cfg(feature = "rsa")]
    &rsa::PSS_SHA512,
];

/// The server's own certificate, which TLS sends first.
pub(super) fn leaf<'a>(chain: &CertificateRef<'a>) -> Result<&'a [u8], TlsError> {
    chain.entries.first().ok_or(TlsError::NotAuthenticated).and_then(x509)
}

/// Whether the chain is valid and for that host.
pub(super) fn verify(
    chain: &CertificateRef<'_>,
    host: &str,
    anchors: &[TrustAnchor<'_>],
    validity: Validity<'_>,
) -> Result<(), TlsError> {
    let host = ServerName::try_from(host).map_err(|_| TlsError::InvalidHost)?;
    let leaf = CertificateDer::from(leaf(chain)?);
    let leaf = EndEntityCert::try_from(&leaf).map_err(|error| translate(&error))?;
    let mut intermediates = Vec::<_, INTERMEDIATES>::new();
    for entry in chain.entries.iter().skip(1) {
        intermediates.push(CertificateDer::from(x509(entry)?)).map_err(|_| TlsError::InvalidCertificate)?;
    }
    leaf.verify_is_valid_for_subject_name(&host).map_err(|error| translate(&error))?;
    let path = Path { leaf: &leaf, intermediates: &intermediates, anchors };
    match validity {
        Validity::At(clock) => path.verify(clock().ok_or(TlsError::ClockNotSet)?),
        Validity::DangerouslyAtAnyTime => path.verify_at_any_time(),
    }
    .map_err(|error| translate(&error))
}

struct Path<'a> {
    leaf: &'a EndEntityCert<'a>,
    intermediates: &'a [CertificateDer<'a>],
    anchors: &'a [TrustAnchor<'a>],
}

impl Path<'_> {
    fn verify(&self, time: Duration) -> Result<(), Error> {
        self.leaf
            .verify_for_usage(
                ALGORITHMS,
                self.anchors,
                self.intermediates,
                UnixTime::since_unix_epoch(time),
                KeyUsage::server_auth(),
                None,
                Some(&key_usages_allow),
            )
            .map(drop)
    }

    /// Looks for a time at which the whole chain is valid. If there is such a time, the latest
    /// beginning of a certificate of the chain is one. Dates are checked before signatures, so
    /// another attempt costs little.
    fn verify_at_any_time(&self) -> Result<(), Error> {
        let mut time = Duration::ZERO;
        for _ in 0..=self.intermediates.len() {
            match self.verify(time) {
                Err(Error::CertNotValidYet { not_before, .. }) => {
                    time = Duration::from_secs(not_before.as_secs());
                }
                result => return result,
            }
        }
        self.verify(time)
    }
}

/// The restrictions on what keys are used for, which `rustls-webpki` leaves out.
fn key_usages_allow(path: &VerifiedPath<'_>) -> Result<(), Error> {
    let leaf = path.end_entity().der();
    if !Certificate::parse(&leaf).map_err(|_| Error::BadDer)?.may_sign() {
        return Err(Error::EmptyEkuExtension);
    }
    for issuer in path.intermediate_certificates() {
        if !Certificate::parse(&issuer.der()).map_err(|_| Error::BadDer)?.may_issue() {
            return Err(Error::EndEntityUsedAsCa);
        }
    }
    Ok(())
}

fn x509<'a>(entry: &CertificateEntryRef<'a>) -> Result<&'a [u8], TlsError> {
    match entry {
        CertificateEntryRef::X509(certificate) => Ok(certificate),
        CertificateEntryRef::RawPublicKey(_) => Err(TlsError::InvalidCertificate),
    }
}

fn translate(error: &Error) -> TlsError {
    match error {
        Error::CertExpired { .. } => TlsError::Expired,
        Error::CertNotValidYet { .. } => TlsError::NotYetValid,
        Error::CertNotValidForName(_) => TlsError::WrongHost,
        Error::UnknownIssuer => TlsError::UnknownIssuer,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension | Error::CaUsedAsEndEntity => {
            TlsError::NotForServers
        }
        Error::EndEntityUsedAsCa | Error::PathLenConstraintViolated | Error::NameConstraintViolation => {
            TlsError::NotAnIssuer
        }
        Error::InvalidSignatureForPublicKey | Error::SignatureAlgorithmMismatch => TlsError::InvalidSignature,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => TlsError::UnsupportedAlgorithm,
        _ => TlsError::InvalidCertificate,
    }
}
