//! What a certificate says, in one line.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use x509_cert::der::{self, Decode as _, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Time;

/// RFC 8017, appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// RFC 5480, section 2.1.1. The parameters name the curve.
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Curves by RFC 5480, section 2.1.1.1.
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
];

/// Keys that are named by their algorithm alone, by RFC 8410, section 3.
const OTHERS: [(ObjectIdentifier, &str); 2] = [
    (ObjectIdentifier::new_unwrap("1.3.101.112"), "Ed25519"),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), "Ed448"),
];

/// What of a certificate is shown.
pub(super) struct CertificateSummary {
    subject: String,
    key: String,
    begin: Timestamp,
    end: Timestamp,
}

/// Whether a certificate is valid at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validity {
    /// It is, for longer than two weeks.
    Valid,
    /// It is, for these days.
    Ending(i64),
    /// It is not yet.
    Early,
    /// It has ended.
    Ended,
}

/// When the end of a certificate is near, in days. Services renew theirs weeks before.
const NEAR: i64 = 14;

impl CertificateSummary {
    /// Reads a certificate in DER. Whether it is to be trusted is not looked at.
    ///
    /// # Errors
    /// [`der::Error`] if it is not a certificate.
    pub(super) fn parse(certificate: &[u8]) -> der::Result<Self> {
        let certificate = Certificate::from_der(certificate)?;
        let signed = certificate.tbs_certificate();
        Ok(Self {
            subject: signed.subject().to_string(),
            key: key_kind(signed.subject_public_key_info()),
            begin: timestamp(signed.validity().not_before),
            end: timestamp(signed.validity().not_after),
        })
    }

    /// Whether it is valid at that time.
    pub(super) fn validity(&self, now: Timestamp) -> Validity {
        let days = self.end.duration_since(now).as_hours().div_euclid(24);
        match () {
            () if now < self.begin => Validity::Early,
            () if now > self.end => Validity::Ended,
            () if days < NEAR => Validity::Ending(days),
            () => Validity::Valid,
        }
    }
}

impl fmt::Display for CertificateSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, key, begin, end } = self;
        write!(f, "{subject}; {key}; valid from {begin:.0} to {end:.0}")
    }
}

/// Such as `RSA, 2048 bits` or `ECDSA, P-256`.
fn key_kind(key: &SubjectPublicKeyInfoOwned) -> String {
    let algorithm = key.algorithm.oid;
    if algorithm == RSA {
        return match modulus_bits(key.subject_public_key.raw_bytes()) {
            Ok(bits) => format!("RSA, {bits} bits"),
            Err(_) => "RSA".to_owned(),
        };
    }
    let name = |names: &[(ObjectIdentifier, &'static str)], wanted: ObjectIdentifier| {
        names.iter().find(|(identifier, _)| *identifier == wanted).map(|(_, name)| *name)
    };
    if algorithm == ELLIPTIC_CURVE {
        let curve = key.algorithm.parameters.as_ref();
        let curve = curve.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
        return match curve.map(|curve| name(&CURVES, curve).map_or_else(|| curve.to_string(), str::to_owned))
        {
            Some(curve) => format!("ECDSA, {curve}"),
            None => "ECDSA".to_owned(),
        };
    }
    name(&OTHERS, algorithm).map_or_else(|| format!("a key of the kind {algorithm}"), str::to_owned)
}

/// The size of an RSA key, by RFC 8017, appendix A.1.1.
fn modulus_bits(key: &[u8]) -> der::Result<usize> {
    let key = AnyRef::from_der(key)?;
    let mut numbers = SliceReader::new(key.value())?;
    let modulus = UintRef::decode(&mut numbers)?.as_bytes();
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    Ok(modulus.len() * 8 - unused)
}

fn timestamp(time: Time) -> Timestamp {
    // A certificate is from 1950 at the earliest and until 9999 at the latest.
    let since = |epoch: Duration| i64::try_from(epoch.as_secs()).ok();
    since(time.to_unix_duration())
        .and_then(|second| Timestamp::from_second(second).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn summary(key: &KeyPair) -> CertificateSummary {
        let mut parameters = CertificateParams::new(["boiler".to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "boiler");
        parameters.not_before = date_time_ymd(2024, 1, 1);
        parameters.not_after = date_time_ymd(2024, 12, 31);
        CertificateSummary::parse(parameters.self_signed(key).unwrap().der()).unwrap()
    }

    #[test]
    fn a_certificate_is_described() {
        for (algorithm, kind) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, "ECDSA, P-256"),
            (&rcgen::PKCS_ECDSA_P384_SHA384, "ECDSA, P-384"),
            (&rcgen::PKCS_ED25519, "Ed25519"),
        ] {
            let summary = summary(&KeyPair::generate_for(algorithm).unwrap());
            assert_eq!(summary.key, kind);
            let text = summary.to_string();
            assert!(text.contains("CN=boiler") && text.contains("2024-12-31"), "{text}");
        }
    }

    #[test]
    fn the_size_of_an_rsa_key_is_that_of_its_modulus() {
        // SEQUENCE { INTEGER, INTEGER 65537 }
        let key = |modulus: &[u8]| {
            let length = u8::try_from(modulus.len()).unwrap();
            [&[0x30, length + 7, 0x02, length][..], modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat()
        };
        assert_eq!(modulus_bits(&key(&[0x00, 0xff, 0x01])).unwrap(), 16);
        assert_eq!(modulus_bits(&key(&[0x7f, 0x01])).unwrap(), 15);
        assert!(modulus_bits(b"no key").is_err());
    }

    #[test]
    fn an_end_that_is_near_is_told() {
        let summary = summary(&KeyPair::generate().unwrap());
        let validity = |time: &str| summary.validity(time.parse().unwrap());
        assert_eq!(validity("2023-12-31T23:00:00Z"), Validity::Early);
        assert_eq!(validity("2024-06-01T00:00:00Z"), Validity::Valid);
        assert_eq!(validity("2024-12-25T00:00:00Z"), Validity::Ending(6));
        assert_eq!(validity("2025-01-01T00:00:00Z"), Validity::Ended);
    }
}
