//! OpenSSL signs, and what it would not sign is made of its arithmetic.

extern crate std;

use std::vec::Vec;
use std::{format, vec};

use sha2::{Digest, Sha256};

use super::*;
use crate::trust::openssl::{PrivateKey, openssl};

/// The `DigestInfo` of SHA-256 without the hash, RFC 8017 section 9.2.
const SHA256: &[u8] = &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

struct Key {
    private: PrivateKey,
    public: Vec<u8>,
}

impl Key {
    fn new(bits: usize, exponent: u32) -> Self {
        let (bits, exponent) = (format!("rsa_keygen_bits:{bits}"), format!("rsa_keygen_pubexp:{exponent}"));
        let private = PrivateKey::new("RSA", &[&bits, &exponent]);
        let public = openssl(&["rsa", "-in", &private.file, "-RSAPublicKey_out", "-outform", "DER"], b"");
        Self { private, public }
    }

    fn pkcs1(&self, hash: &str, message: &[u8]) -> Vec<u8> {
        self.private.sign(hash, &[], message)
    }

    fn pss(&self, hash: &str, salt: usize, message: &[u8]) -> Vec<u8> {
        let salt = format!("rsa_pss_saltlen:{salt}");
        self.private.sign(hash, &["-sigopt", "rsa_padding_mode:pss", "-sigopt", &salt], message)
    }

    /// The signature of which that is the padded message, however wrong: decrypting is what
    /// signing comes down to.
    fn raw(&self, padded: &[u8]) -> Vec<u8> {
        openssl(
            &["pkeyutl", "-decrypt", "-inkey", &self.private.file, "-pkeyopt", "rsa_padding_mode:none"],
            padded,
        )
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
            (&PKCS1_SHA256, key.pkcs1("-sha256", b"message")),
            (&PKCS1_SHA384, key.pkcs1("-sha384", b"message")),
            (&PKCS1_SHA512, key.pkcs1("-sha512", b"message")),
            (&PSS_SHA256, key.pss("-sha256", 32, b"message")),
            (&PSS_SHA384, key.pss("-sha384", 48, b"message")),
            (&PSS_SHA512, key.pss("-sha512", 64, b"message")),
        ];
        for (index, (algorithm, signature)) in signatures.iter().enumerate() {
            assert!(accepts(*algorithm, &key.public, b"message", signature), "{algorithm:?}, {bits} bits");
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
            !accepts(&PSS_SHA256, &key.public, b"message", &short),
            "TLS wants a salt as long as the hash"
        );
    }
}

#[test]
fn a_padded_message_has_one_form_only() {
    let key = Key::new(2048, 3);
    let hash = Sha256::digest(b"message");
    let padded = |fill: &[u8], after: &[u8]| {
        let head = [&[0, 1][..], fill, &[0], SHA256, &hash[..], after].concat();
        [&head[..], &vec![0x55; 256 - head.len()]].concat()
    };
    let accepted = |padded: &[u8]| accepts(&PKCS1_SHA256, &key.public, b"message", &key.raw(padded));
    let good = padded(&[0xff; 202], b"");
    assert!(accepted(&good));
    assert!(
        !accepted(&padded(&[0xff; 8], b"")),
        "rubbish after the hash makes forging easy with this exponent"
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
            !accepts(&PKCS1_SHA256, &key.public, b"message", &key.pkcs1("-sha256", b"message")),
            "{bits} bits"
        );
    }
    let key = Key::new(2048, 65537);
    let signature = key.pkcs1("-sha256", b"message");
    assert!(accepts(&PKCS1_SHA256, &key.public, b"message", &signature));
    for end in 0..key.public.len() {
        assert!(!accepts(&PKCS1_SHA256, &key.public[..end], b"message", &signature));
    }
    // SEQUENCE, 4 bytes; INTEGER, 4 bytes; a zero and the modulus; INTEGER, 2 bytes; the
    // exponent.
    let (last_of_modulus, exponent) = (4 + 4 + 256, 4 + 4 + 257 + 2);
    for (at, value) in [(last_of_modulus, 0), (exponent, 0), (exponent + 2, 0), (exponent + 2, 2)] {
        let mut public = key.public.clone();
        public[at] = value;
        assert!(!accepts(&PKCS1_SHA256, &public, b"message", &signature), "byte {at} is {value}");
    }
    assert!(!accepts(&PKCS1_SHA256, &[&key.public[..], &[0]].concat(), b"message", &signature));
}

/// Of the least and the greatest numbers, and of moduli whose words are not all full.
#[test]
fn powers_are_those_of_openssl() {
    for (bits, exponent) in [(2048, 3), (2056, 65537), (3000, 4_294_967_295), (4096, 17)] {
        let key = Key::new(bits, exponent);
        let (modulus, exponent) = parse(&key.public).unwrap();
        let mut greatest = modulus.to_vec();
        *greatest.last_mut().unwrap() -= 1;
        let mut least = vec![0; modulus.len()];
        let zero = least.clone();
        *least.last_mut().unwrap() = 1;
        let mut middle = modulus.to_vec();
        middle[0] >>= 1;
        for base in [zero, least, greatest, middle] {
            let mut power = vec![0; modulus.len()];
            power::raise(&base, exponent, modulus, &mut power);
            let file = &key.private.file;
            let expected =
                openssl(&["pkeyutl", "-encrypt", "-inkey", file, "-pkeyopt", "rsa_padding_mode:none"], &base);
            assert_eq!(power, expected, "{bits} bits");
        }
    }
}

#[test]
fn an_encoding_of_pss_has_one_form_only() {
    for bits in [2048, 2049] {
        let key = Key::new(bits, 65537);
        let (modulus, exponent) = parse(&key.public).unwrap();
        let mut good = vec![0; modulus.len()];
        power::raise(&key.pss("-sha256", 32, b"message"), exponent, modulus, &mut good);
        let zeros = modulus[0].leading_zeros();
        let hash = Hash::Sha256.of(&[b"message"]);
        let accepted = |mut encoded: Vec<u8>| padding::is_pss(&mut encoded, zeros, Hash::Sha256, &hash);
        assert!(accepted(good.clone()), "{bits} bits");
        for bit in (0..good.len() * 8).step_by(3) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!accepted(bad), "bit {bit} of {bits}");
        }
        for length in 0..=66 {
            assert!(!accepted(good[..length].to_vec()), "{length} bytes");
        }
    }
}
