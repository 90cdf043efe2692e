//! RSA of 2048 to 4096 bits, by the crate `rsa_heapless`: no heap, and the padding checks are that crate's.

use core::ops::RangeInclusive;

use der::asn1::{AnyRef, UintRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use fixed_bigint::FixedUInt;
use rsa::modmath_support::{ModMathParams, ModMathValue, public_key_from_be_bytes, wrap};
use rsa::signature::Verifier;
use rsa::traits::FixedWidthUnsignedInt;
use rsa::{GenericRsaPublicKey, pkcs1v15, pss};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2_for_rsa::{Sha256, Sha384, Sha512};

/// Holds any modulus of up to 4096 bits. One width for all sizes costs a small key some time and saves the code of the others.
type Integer = FixedUInt<u32, 128>;
type Key = GenericRsaPublicKey<ModMathValue<Integer>, ModMathParams<Integer>>;

/// The bytes that a modulus may have.
const MODULUS: RangeInclusive<usize> = 2048 / 8..=4096 / 8;

macro_rules! algorithms {
    ($($(#[$docs:meta])* $name:ident = $scheme:ident with $hash:ty, $id:ident;)+) => {$(
        $(#[$docs])*
        #[derive(Debug)]
        pub(super) struct $name;

        impl SignatureVerificationAlgorithm for $name {
            fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
                let (key, signature) = operands(public_key, signature)?;
                $scheme::GenericVerifyingKey::<$hash, _, _>::new(key)
                    .verify(message, &$scheme::GenericSignature::from(signature))
                    .map_err(|_| InvalidSignature)
            }

            fn public_key_alg_id(&self) -> AlgorithmIdentifier {
                alg_id::RSA_ENCRYPTION
            }

            fn signature_alg_id(&self) -> AlgorithmIdentifier {
                alg_id::$id
            }
        }
    )+};
}

algorithms! {
    /// Certificate signatures.
    Pkcs1Sha256 = pkcs1v15 with Sha256, RSA_PKCS1_SHA256;
    /// Certificate signatures.
    Pkcs1Sha384 = pkcs1v15 with Sha384, RSA_PKCS1_SHA384;
    /// Certificate signatures.
    Pkcs1Sha512 = pkcs1v15 with Sha512, RSA_PKCS1_SHA512;
    /// Signatures of handshakes, and seldom of certificates.
    PssSha256 = pss with Sha256, RSA_PSS_SHA256;
    /// Signatures of handshakes, and seldom of certificates.
    PssSha384 = pss with Sha384, RSA_PSS_SHA384;
    /// Signatures of handshakes, and seldom of certificates.
    PssSha512 = pss with Sha512, RSA_PSS_SHA512;
}

/// The key, and the signature as a number. A signature is exactly as long as the modulus.
fn operands(public_key: &[u8], signature: &[u8]) -> Result<(Key, ModMathValue<Integer>), InvalidSignature> {
    let (modulus, exponent) = parse(public_key).map_err(|_| InvalidSignature)?;
    if !MODULUS.contains(&modulus.len())
        || signature.len() != modulus.len()
        || exponent < 3
        || exponent % 2 == 0
    {
        return Err(InvalidSignature);
    }
    let key = public_key_from_be_bytes::<Integer>(modulus, exponent).map_err(|_| InvalidSignature)?;
    let signature = Integer::try_from_be_bytes_vartime(signature).map_err(|_| InvalidSignature)?;
    Ok((key, wrap(signature)))
}

/// The modulus without leading zeros and the exponent of an `RSAPublicKey`, RFC 8017 appendix A.1.1.
fn parse(public_key: &[u8]) -> der::Result<(&[u8], u32)> {
    let sequence = AnyRef::from_der(public_key)?;
    sequence.tag().assert_eq(Tag::Sequence)?;
    let mut numbers = SliceReader::new(sequence.value())?;
    let modulus = UintRef::decode(&mut numbers)?;
    let exponent = u32::decode(&mut numbers)?;
    numbers.finish((modulus.as_bytes(), exponent))
}
