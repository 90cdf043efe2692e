//! Verifies RSA signatures of 2048 to 4096 bits in little memory. It uses only public values. Who
//! made a signature and what it is for does not belong here.

mod hash;
mod padding;
mod power;
#[cfg(test)]
mod tests;

use core::ops::RangeInclusive;

use der::asn1::{AnyRef, UintRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use self::hash::Hash;

/// The bytes that a modulus may have.
const MODULUS: RangeInclusive<usize> = 2048 / 8..=LONGEST;
/// The longest modulus, in bytes.
const LONGEST: usize = 4096 / 8;

/// A kind of signature.
#[derive(Debug)]
pub(super) struct Rsa {
    padding: Padding,
    hash: Hash,
}

#[derive(Debug, Clone, Copy)]
enum Padding {
    /// PKCS#1 v1.5: signatures of certificates.
    Pkcs1,
    /// PSS, with a salt as long as the hash: signatures of handshakes, and seldom of certificates.
    Pss,
}

pub(super) const PKCS1_SHA256: Rsa = Rsa { padding: Padding::Pkcs1, hash: Hash::Sha256 };
pub(super) const PKCS1_SHA384: Rsa = Rsa { padding: Padding::Pkcs1, hash: Hash::Sha384 };
pub(super) const PKCS1_SHA512: Rsa = Rsa { padding: Padding::Pkcs1, hash: Hash::Sha512 };
pub(super) const PSS_SHA256: Rsa = Rsa { padding: Padding::Pss, hash: Hash::Sha256 };
pub(super) const PSS_SHA384: Rsa = Rsa { padding: Padding::Pss, hash: Hash::Sha384 };
pub(super) const PSS_SHA512: Rsa = Rsa { padding: Padding::Pss, hash: Hash::Sha512 };

impl SignatureVerificationAlgorithm for Rsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let (modulus, exponent) = checked(public_key, signature)?;
        let mut encoded = [0; LONGEST];
        let encoded = &mut encoded[..modulus.len()];
        power::raise(signature, exponent, modulus, encoded);
        let hash = self.hash.of(&[message]);
        let is_good = match self.padding {
            Padding::Pkcs1 => padding::is_pkcs1(encoded, self.hash, &hash),
            Padding::Pss => padding::is_pss(encoded, modulus[0].leading_zeros(), self.hash, &hash),
        };
        if is_good { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match (self.padding, self.hash) {
            (Padding::Pkcs1, Hash::Sha256) => alg_id::RSA_PKCS1_SHA256,
            (Padding::Pkcs1, Hash::Sha384) => alg_id::RSA_PKCS1_SHA384,
            (Padding::Pkcs1, Hash::Sha512) => alg_id::RSA_PKCS1_SHA512,
            (Padding::Pss, Hash::Sha256) => alg_id::RSA_PSS_SHA256,
            (Padding::Pss, Hash::Sha384) => alg_id::RSA_PSS_SHA384,
            (Padding::Pss, Hash::Sha512) => alg_id::RSA_PSS_SHA512,
        }
    }
}

/// The modulus and the exponent of a key, if they are within bounds and the signature is a number
/// below the modulus, and written as long.
fn checked<'a>(public_key: &'a [u8], signature: &[u8]) -> Result<(&'a [u8], u32), InvalidSignature> {
    let (modulus, exponent) = parse(public_key).map_err(|_| InvalidSignature)?;
    let is_odd = modulus.last().is_some_and(|byte| byte % 2 == 1);
    let is_fit = MODULUS.contains(&modulus.len())
        && is_odd
        && signature.len() == modulus.len()
        && signature < modulus
        && exponent >= 3
        && exponent % 2 == 1;
    if is_fit { Ok((modulus, exponent)) } else { Err(InvalidSignature) }
}

/// The modulus without leading zeros and the exponent of an `RSAPublicKey`, RFC 8017 appendix
/// A.1.1.
fn parse(public_key: &[u8]) -> der::Result<(&[u8], u32)> {
    let sequence = AnyRef::from_der(public_key)?;
    sequence.tag().assert_eq(Tag::Sequence)?;
    let mut numbers = SliceReader::new(sequence.value())?;
    let modulus = UintRef::decode(&mut numbers)?;
    let exponent = u32::decode(&mut numbers)?;
    numbers.finish((modulus.as_bytes(), exponent))
}
