//! Trust in keys instead of authorities.

use embedded_tls_webpki::{KeyHash, TlsError, Trust};
use rcgen::{KeyPair, date_time_ymd};
use sha2::{Digest, Sha256};
use tls_servers::chains::{Chain, HOST, Kind, server};
use tls_servers::server::start;

use crate::support::device::Device;

fn pin(key: &KeyPair) -> KeyHash {
    Sha256::digest(key.public_key_der()).into()
}

fn verdict(pins: &[KeyHash], port: u16) -> Result<(), TlsError> {
    Device::trusting(Trust::Keys(pins)).echo(HOST, port)
}

#[test]
fn a_pinned_key_is_enough() {
    let mut expired = server(&["other.example"]);
    expired.not_before = date_time_ymd(2001, 1, 1);
    expired.not_after = date_time_ymd(2002, 1, 1);
    for kind in [Kind::P256, Kind::Rsa { bits: 2048, hash: 256 }, Kind::Rsa { bits: 4096, hash: 512 }] {
        let chain = Chain::of(expired.clone(), Kind::P256, kind);
        assert_eq!(verdict(&[pin(&chain.leaf.key)], start(&chain)), Ok(()));
    }
}

#[test]
fn the_key_may_be_any_of_those_that_are_pinned() {
    let chain = Chain::new(server(&[HOST]));
    let next = pin(&Kind::P256.key());
    assert_eq!(verdict(&[next, pin(&chain.leaf.key)], start(&chain)), Ok(()));
}

#[test]
fn another_key_is_refused_whoever_issued_its_certificate() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    assert_eq!(verdict(&[pin(&Kind::P256.key())], port), Err(TlsError::WrongKey));
    assert_eq!(verdict(&[pin(&chain.issuing.key), pin(&chain.root.key)], port), Err(TlsError::WrongKey));
    assert_eq!(verdict(&[], port), Err(TlsError::WrongKey));
    let mut other = pin(&chain.leaf.key);
    other[31] ^= 1;
    assert_eq!(verdict(&[other], port), Err(TlsError::WrongKey));
}
