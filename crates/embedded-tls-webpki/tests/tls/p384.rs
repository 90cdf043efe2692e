//! Chains with keys on P-384.

use embedded_tls_webpki::TlsError;
use tls_servers::chains::{Chain, HOST, Kind, Party, authority, server};
use tls_servers::server::{start, start_sending};

use crate::support::device::{AT, trusting, verdict};
use crate::support::openssl::OpenSsl;
use crate::support::rogue;
use crate::support::rogue::Message::{Certificate, CertificateVerify, EncryptedExtensions, Finished};

fn chain(authorities: Kind, server_key: Kind) -> Chain {
    Chain::of(server(&[HOST]), authorities, server_key)
}

#[test]
fn all_of_the_chain() {
    let chain = chain(Kind::P384, Kind::P384);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()));
}

#[test]
fn authorities_above_a_server_on_p256() {
    let chain = chain(Kind::P384, Kind::P256);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()));
}

#[test]
fn a_server_below_rsa() {
    let chain = chain(Kind::Rsa { bits: 2048, hash: 384 }, Kind::P384);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()));
}

#[test]
fn openssl_signs_the_handshake() {
    let chain = chain(Kind::P384, Kind::P384);
    let openssl = OpenSsl::start(&chain, &["-sigalgs", "ECDSA+SHA384"]);
    trusting(chain.root.der(), AT, |device| {
        assert_eq!(device.echo_reversed(HOST, openssl.port), Ok(()));
    });
}

/// Where only the root is on another curve, a device does without it.
#[test]
fn the_issuing_authority_is_the_anchor() {
    let root = Party::root(Kind::P384);
    let issuing = root.issue(authority("Issuing"), Kind::P256);
    let leaf = issuing.issue(server(&[HOST]), Kind::P256);
    let port = start_sending(vec![leaf.der(), issuing.der()], &leaf.key);
    assert_eq!(verdict(issuing.der(), port), Ok(()));
    assert_eq!(verdict(root.der(), port), Ok(()));
}

#[test]
fn another_root_of_the_same_name() {
    let chain = chain(Kind::P384, Kind::P384);
    let verdict = verdict(Party::root(Kind::P384).der(), start(&chain));
    assert_eq!(verdict, Err(TlsError::InvalidSignature));
}

#[test]
fn a_certificate_that_was_changed() {
    let chain = chain(Kind::P384, Kind::P384);
    for changed in [0, 1] {
        let mut sent = chain.sent();
        // Within the second number of the signature.
        let at = sent[changed].len() - 5;
        sent[changed][at] ^= 1;
        let messages = vec![EncryptedExtensions, Certificate(sent), CertificateVerify, Finished];
        assert_eq!(verdict(chain.root.der(), rogue::start(messages)), Err(TlsError::InvalidSignature));
    }
}

#[test]
fn a_handshake_that_is_signed_on_another_curve() {
    let chain = chain(Kind::P384, Kind::P384);
    let messages = vec![EncryptedExtensions, Certificate(chain.sent()), CertificateVerify, Finished];
    let refused = verdict(chain.root.der(), rogue::start(messages));
    assert_eq!(refused, Err(TlsError::InvalidSignature));
}
