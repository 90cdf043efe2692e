//! Servers that a device must be able to talk to.

use embedded_tls_webpki::{ClientIdentity, TlsError, Validity};
use tls_servers::chains::{Chain, HOST, Kind, Party, client, server};
use tls_servers::server::{start, start_asking};

use crate::support::device::{AT, Device, trusting, verdict, verdict_at, verdict_on};
use crate::support::openssl::OpenSsl;

/// More than 64 bytes, and with a label of the greatest length.
const LONG_HOST: &str = "host1-whose-name-has-the-greatest-length-that-a-label-can-have1.a-domain-with-quite-a-long-name.west-1.service.example";

#[test]
fn a_chain_of_three() {
    let chain = Chain::new(server(&[HOST]));
    assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()));
}

#[test]
fn any_of_many_names() {
    let names = ["one.example", "two.example", "three.example", "four.example", HOST];
    let chain = Chain::new(server(&names));
    let port = start(&chain);
    for name in names {
        assert_eq!(verdict_on(chain.root.der(), name, port), Ok(()));
    }
}

#[test]
fn wildcards_for_one_label() {
    let chain = Chain::new(server(&["*.west-1.service.example"]));
    let port = start(&chain);
    assert_eq!(verdict(chain.root.der(), port), Ok(()));
    let other = verdict_on(chain.root.der(), "a.b.west-1.service.example", port);
    assert_eq!(other, Err(TlsError::WrongHost));
}

#[test]
fn addresses() {
    let chain = Chain::new(server(&["192.0.2.7", "2001:db8::7"]));
    let port = start(&chain);
    assert_eq!(verdict_on(chain.root.der(), "192.0.2.7", port), Ok(()));
    assert_eq!(verdict_on(chain.root.der(), "2001:db8::7", port), Ok(()));
    assert_eq!(verdict_on(chain.root.der(), "192.0.2.8", port), Err(TlsError::WrongHost));
}

#[test]
fn names_of_more_than_64_bytes() {
    let chain = Chain::new(server(&["short.example", LONG_HOST]));
    assert_eq!(verdict_on(chain.root.der(), LONG_HOST, start(&chain)), Ok(()));
}

#[test]
fn rsa_of_every_size_and_hash() {
    for (authorities, leaf, hash) in [(4096, 2048, 256), (2048, 3072, 384), (3072, 4096, 512)] {
        let authorities = Kind::Rsa { bits: authorities, hash };
        let chain = Chain::of(server(&[HOST]), authorities, Kind::Rsa { bits: leaf, hash });
        assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()), "{leaf} bits, SHA-{hash}");
    }
}

#[test]
fn p256_below_rsa() {
    let chain = Chain::of(server(&[HOST]), Kind::Rsa { bits: 2048, hash: 256 }, Kind::P256);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Ok(()));
}

#[test]
fn rsa_handshakes_of_every_hash() {
    let rsa = Kind::Rsa { bits: 2048, hash: 256 };
    let chain = Chain::of(server(&[HOST]), rsa, rsa);
    for hash in ["256", "384", "512"] {
        let openssl = OpenSsl::start(&chain, &["-sigalgs", &format!("RSA-PSS+SHA{hash}")]);
        assert_eq!(verdict_reversed(&chain, &openssl), Ok(()), "{hash}");
    }
}

#[test]
fn openssl() {
    let chain = Chain::new(server(&[HOST]));
    let openssl = OpenSsl::start(&chain, &[]);
    assert_eq!(verdict_reversed(&chain, &openssl), Ok(()));
}

#[test]
fn a_client_with_a_certificate() {
    let chain = Chain::new(server(&[HOST]));
    let clients = Party::root(Kind::P256);
    let sensor = clients.issue(client(), Kind::P256);
    let certificate = sensor.der();
    let identity = ClientIdentity::new(&certificate, &sensor.key.serialize_der()).unwrap();
    let port = start_asking(&chain, &clients);
    trusting(chain.root.der(), AT, |device| {
        assert_eq!(Device { identity: Some(&identity), ..device }.echo(HOST, port), Ok(()));
        assert_eq!(device.echo(HOST, port), Err(TlsError::ClientRefused), "it shows none");

        let stranger = Party::root(Kind::P256).issue(client(), Kind::P256);
        let certificate = stranger.der();
        let identity = ClientIdentity::new(&certificate, &stranger.key.serialize_der()).unwrap();
        let refused = Device { identity: Some(&identity), ..device }.echo(HOST, port);
        assert_eq!(refused, Err(TlsError::ClientRefused), "its issuer is not trusted");

        let certificate = sensor.der();
        let identity = ClientIdentity::new(&certificate, &stranger.key.serialize_der()).unwrap();
        let refused = Device { identity: Some(&identity), ..device }.echo(HOST, port);
        assert_eq!(refused, Err(TlsError::ClientRefused), "the key is another one's");
    });
}

#[test]
fn a_client_with_a_certificate_that_nobody_asks_for() {
    let chain = Chain::new(server(&[HOST]));
    let sensor = Party::root(Kind::P256);
    let certificate = sensor.der();
    let identity = ClientIdentity::new(&certificate, &sensor.key.serialize_der()).unwrap();
    trusting(chain.root.der(), AT, |device| {
        assert_eq!(Device { identity: Some(&identity), ..device }.echo(HOST, start(&chain)), Ok(()));
    });
}

#[test]
fn any_time_for_a_device_without_a_clock() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    assert_eq!(verdict_at(chain.root.der(), HOST, Validity::DangerouslyAtAnyTime, port), Ok(()));
    let other = verdict_at(chain.root.der(), "other.example", Validity::DangerouslyAtAnyTime, port);
    assert_eq!(other, Err(TlsError::WrongHost), "nothing else is left out");
}

fn verdict_reversed(chain: &Chain, openssl: &OpenSsl) -> Result<(), TlsError> {
    trusting(chain.root.der(), AT, |device| device.echo_reversed(HOST, openssl.port))
}
