//! RSA of 2048 to 4096 bits, by the crate `rsa_heapless`: no heap, and the padding checks are that
//! crate's.

use core::ops::RangeInclusive;

use der::asn1::{AnyRef, UintRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use fixed_bigint::FixedUInt;
use rsa::modmath_support::{public_key_from_be_bytes, wrap};
use rsa::signature::Verifier;
use rsa::traits::FixedWidthUnsignedInt;
use rsa::{pkcs1v15, pss};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2_for_rsa::{Sha256, Sha384, Sha512};

/// Holds any modulus of up to 4096 bits. One width for all sizes costs a small key some time and
/// saves the code of the others.
type Integer = FixedUInt<u32, 128>;

/// The bytes that a modulus may have.
const MODULUS: RangeInclusive<usize> = 2048 / 8..=4096 / 8;

macro_rules! algorithms {
    ($($(#[$docs:meta])* $name:ident = $scheme:ident with $hash:ty, $id:ident;)+) => {$(
        $(#[$docs])*
        #[derive(Debug)]
        pub(super) struct $name;

        impl SignatureVerificationAlgorithm for $name {
            fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
                // The key is 3.5 kB. Handing it on in a `Result` of ours would cost the stack three
                // more of it.
                let (modulus, exponent) = checked(public_key, signature)?;
                let Ok(key) = public_key_from_be_bytes::<Integer>(modulus, exponent) else { return Err(InvalidSignature) };
                let key = $scheme::GenericVerifyingKey::<$hash, _, _>::new(key);
                let Ok(signature) = Integer::try_from_be_bytes_vartime(signature) else { return Err(InvalidSignature) };
                key.verify(message, &$scheme::GenericSignature::from(wrap(signature))).map_err(|_| InvalidSignature)
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

/// The modulus and the exponent of a key, if they are within bounds and the signature is as long as
/// the modulus.
fn checked<'a>(public_key: &'a [u8], signature: &[u8]) -> Result<(&'a [u8], u32), InvalidSignature> {
    let (modulus, exponent) = parse(public_key).map_err(|_| InvalidSignature)?;
    let is_fit = MODULUS.contains(&modulus.len())
        && signature.len() == modulus.len()
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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::string::String;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::vec::Vec;
    use std::{format, fs, vec};

    use super::*;

    /// The `DigestInfo` of SHA-256 without the hash, RFC 8017 section 9.2.
    const SHA256: &[u8] =
        &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

    fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("openssl")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command openssl is needed");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        output.stdout
    }

    /// A private key of OpenSSL's, in a file.
    struct Key {
        file: String,
        public: Vec<u8>,
    }

    impl Key {
        fn new(bits: usize, exponent: u32) -> Self {
            // Tests that have such a key at the same time have files of their own.
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let file = std::env::temp_dir()
                .join(format!("embedded-tls-webpki-key-{}-{count}.pem", std::process::id()));
            let (bits, exponent) =
                (format!("rsa_keygen_bits:{bits}"), format!("rsa_keygen_pubexp:{exponent}"));
            let key =
                openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits, "-pkeyopt", &exponent], b"");
            fs::write(&file, key).unwrap();
            let file = String::from(file.to_str().unwrap());
            let public = openssl(&["rsa", "-in", &file, "-RSAPublicKey_out", "-outform", "DER"], b"");
            Self { file, public }
        }

        fn pkcs1(&self, hash: &str, message: &[u8]) -> Vec<u8> {
            openssl(&["dgst", hash, "-sign", &self.file], message)
        }

        fn pss(&self, hash: &str, salt: usize, message: &[u8]) -> Vec<u8> {
            let salt = format!("rsa_pss_saltlen:{salt}");
            openssl(
                &["dgst", hash, "-sign", &self.file, "-sigopt", "rsa_padding_mode:pss", "-sigopt", &salt],
                message,
            )
        }

        /// The signature of which that is the padded message, however wrong: decrypting is what
        /// signing comes down to.
        fn raw(&self, padded: &[u8]) -> Vec<u8> {
            openssl(
                &["pkeyutl", "-decrypt", "-inkey", &self.file, "-pkeyopt", "rsa_padding_mode:none"],
                padded,
            )
        }
    }

    impl Drop for Key {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.file);
        }
    }

    fn accepts(
        algorithm: &dyn SignatureVerificationAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        algorithm.verify_signature(key, message, signature).is_ok()
    }

    #[test]
    fn every_signature_of_openssl_and_none_that_differs() {
        for bits in [2048, 4096] {
            let key = Key::new(bits, 65537);
            let signatures: [(&dyn SignatureVerificationAlgorithm, Vec<u8>); 6] = [
                (&Pkcs1Sha256, key.pkcs1("-sha256", b"message")),
                (&Pkcs1Sha384, key.pkcs1("-sha384", b"message")),
                (&Pkcs1Sha512, key.pkcs1("-sha512", b"message")),
                (&PssSha256, key.pss("-sha256", 32, b"message")),
                (&PssSha384, key.pss("-sha384", 48, b"message")),
                (&PssSha512, key.pss("-sha512", 64, b"message")),
            ];
            for (index, (algorithm, signature)) in signatures.iter().enumerate() {
                assert!(
                    accepts(*algorithm, &key.public, b"message", signature),
                    "{algorithm:?}, {bits} bits"
                );
                assert!(!accepts(*algorithm, &key.public, b"massage", signature));
                for (other, (algorithm, _)) in signatures.iter().enumerate() {
                    assert_eq!(accepts(*algorithm, &key.public, b"message", signature), other == index);
                }
                for at in [0, signature.len() - 1] {
                    let mut signature = signature.clone();
                    signature[at] ^= 1;
                    assert!(!accepts(*algorithm, &key.public, b"message", &signature), "byte {at}");
                }
                let longer = [&[0][..], signature].concat();
                assert!(!accepts(*algorithm, &key.public, b"message", &longer), "a leading zero");
                assert!(!accepts(*algorithm, &key.public, b"message", &signature[1..]));
                assert!(!accepts(*algorithm, &key.public, b"message", &[]));
                assert!(!accepts(*algorithm, &key.public, b"message", &vec![0; signature.len()]));
                assert!(
                    !accepts(*algorithm, &key.public, b"message", &vec![0xff; signature.len()]),
                    "above the modulus"
                );
            }
            let short = key.pss("-sha256", 0, b"message");
            assert!(
                !accepts(&PssSha256, &key.public, b"message", &short),
                "TLS wants a salt as long as the hash"
            );
        }
    }

    #[test]
    fn a_padded_message_has_one_form_only() {
        use sha2_for_rsa::Digest;

        let key = Key::new(2048, 3);
        let hash = Sha256::digest(b"message");
        let padded = |fill: &[u8], after: &[u8]| {
            let head = [&[0, 1][..], fill, &[0], SHA256, hash.as_slice(), after].concat();
            [&head[..], &vec![0x55; 256 - head.len()]].concat()
        };
        let accepted = |padded: &[u8]| accepts(&Pkcs1Sha256, &key.public, b"message", &key.raw(padded));
        let good = padded(&[0xff; 202], b"");
        assert!(accepted(&good));
        assert!(
            !accepted(&padded(&[0xff; 8], b"")),
            "rubbish behind the hash makes forging easy with this exponent"
        );
        assert!(!accepted(&padded(&[0xff; 201], &[0])));
        for (at, value) in [(0, 1), (1, 2), (2, 0), (100, 0xfe), (204, 1), (210, 7), (222, 6)] {
            let mut bad = good.clone();
            bad[at] = value;
            // A first byte that is not 0 may make it larger than the modulus, which OpenSSL cannot
            // sign.
            if at > 0 {
                assert!(!accepted(&bad), "byte {at}");
            }
        }
    }

    #[test]
    fn keys_of_other_sizes_and_forms() {
        for bits in [1024, 2040, 4104] {
            let key = Key::new(bits, 65537);
            assert!(
                !accepts(&Pkcs1Sha256, &key.public, b"message", &key.pkcs1("-sha256", b"message")),
                "{bits} bits"
            );
        }
        let key = Key::new(2048, 65537);
        let signature = key.pkcs1("-sha256", b"message");
        assert!(accepts(&Pkcs1Sha256, &key.public, b"message", &signature));
        for end in 0..key.public.len() {
            assert!(!accepts(&Pkcs1Sha256, &key.public[..end], b"message", &signature));
        }
        // SEQUENCE, 4 bytes; INTEGER, 4 bytes; a zero and the modulus; INTEGER, 2 bytes; the
        // exponent.
        let (last_of_modulus, exponent) = (4 + 4 + 256, 4 + 4 + 257 + 2);
        for (at, value) in [(last_of_modulus, 0), (exponent, 0), (exponent + 2, 0), (exponent + 2, 2)] {
            let mut public = key.public.clone();
            public[at] = value;
            assert!(!accepts(&Pkcs1Sha256, &public, b"message", &signature), "byte {at} is {value}");
        }
        assert!(!accepts(&Pkcs1Sha256, &[&key.public[..], &[0]].concat(), b"message", &signature));
    }
}
