//! ECDSA on P-384 with SHA-384, by the crate `p384`. Public authorities use no other hash with this
//! curve.

use ::p384::ecdsa::signature::hazmat::PrehashVerifier;
use ::p384::ecdsa::{DerSignature, VerifyingKey};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest, Sha384};

/// Signatures of keys on P-384.
#[derive(Debug)]
pub(super) struct P384Sha384;

impl SignatureVerificationAlgorithm for P384Sha384 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::try_from(signature).map_err(|_| InvalidSignature)?;
        // By the version of `sha2` that RSA uses: that of `p384` is unrolled, and takes 26 kB of
        // flash.
        key.verify_prehash(&Sha384::digest(message), &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P384
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA384
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;
    use crate::trust::openssl::{PrivateKey, openssl};

    /// The order of the curve, SEC 2 section 2.5.1.
    const ORDER: [u8; 48] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
        0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
    ];

    /// A key, and its point: 4 and both coordinates.
    fn key(curve: &str, point: usize) -> (PrivateKey, Vec<u8>) {
        let private = PrivateKey::new("EC", &[curve]);
        let public = openssl(&["pkey", "-in", &private.file, "-pubout", "-outform", "DER"], b"");
        let point = public[public.len() - point..].to_vec();
        (private, point)
    }

    fn accepts(point: &[u8], signature: &[u8]) -> bool {
        P384Sha384.verify_signature(point, b"message", signature).is_ok()
    }

    /// Two numbers as a signature has them.
    fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
        let integer = |number: &[u8]| [&[2, length(number) + 1, 0], number].concat();
        let both = [integer(r), integer(s)].concat();
        [&[0x30, length(&both)][..], &both].concat()
    }

    #[test]
    fn signatures_of_openssl_and_none_that_differs() {
        let (private, point) = key("ec_paramgen_curve:P-384", 97);
        let signature = private.sign("-sha384", &[], b"message");
        assert!(accepts(&point, &signature));
        assert!(P384Sha384.verify_signature(&point, b"massage", &signature).is_err());
        for at in 0..signature.len() {
            let mut bad = signature.clone();
            bad[at] ^= 1;
            assert!(!accepts(&point, &bad), "byte {at}");
        }
        for length in [0, 1, 2, 52, signature.len() - 1] {
            assert!(!accepts(&point, &signature[..length]), "the first {length} bytes");
        }
        assert!(!accepts(&point, &[&signature[..], &[0]].concat()), "a byte too many");
        let (_, other) = key("ec_paramgen_curve:P-384", 97);
        assert!(!accepts(&other, &signature), "another key");
        assert!(!accepts(&point, &private.sign("-sha256", &[], b"message")), "another hash");
    }

    #[test]
    fn numbers_out_of_range() {
        let (_, point) = key("ec_paramgen_curve:P-384", 97);
        let one = {
            let mut one = [0; 48];
            one[47] = 1;
            one
        };
        for (r, s) in
            [([0; 48], one), (one, [0; 48]), ([0; 48], [0; 48]), (ORDER, one), (one, ORDER), (ORDER, ORDER)]
        {
            let significant =
                |number: [u8; 48]| number.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<_>>();
            assert!(!accepts(&point, &der(&significant(r), &significant(s))));
        }
        assert!(!accepts(&point, &der(&[0xff; 48], &[0xff; 48])));
        assert!(!accepts(&point, &der(&[1; 60], &[1; 48])));
    }

    #[test]
    fn points_that_are_no_keys() {
        let (private, point) = key("ec_paramgen_curve:P-384", 97);
        let signature = private.sign("-sha384", &[], b"message");
        let mut off = point.clone();
        off[96] ^= 1;
        assert!(!accepts(&off, &signature), "not on the curve");
        assert!(!accepts(&[0], &signature), "the point at infinity");
        assert!(!accepts(&[], &signature));
        assert!(!accepts(&point[..96], &signature));
        assert!(!accepts(&[&[4][..], &[0xff; 96]].concat(), &signature), "coordinates above the prime");
        let (_, smaller) = key("ec_paramgen_curve:P-256", 65);
        assert!(!accepts(&smaller, &signature), "another curve");
    }
}
