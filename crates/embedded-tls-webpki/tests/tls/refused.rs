//! Servers that a device must not talk to.

use std::time::Duration;

use embedded_tls_webpki::{CertificateDer, TlsError, Trust, Validity, trust_anchor};
use rcgen::{
    BasicConstraints, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints,
    date_time_ymd,
};
use rustls::version;
use tls_servers::chains::{Chain, HOST, Kind, NOW, Party, authority, client, server};
use tls_servers::server::{config, serve, start, start_sending};

use crate::support::device::{Device, verdict, verdict_at, verdict_on};
use crate::support::openssl::OpenSsl;

#[test]
fn another_host() {
    let chain = Chain::new(server(&["other.example"]));
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::WrongHost));
}

#[test]
fn a_name_in_the_subject_only() {
    let mut leaf = server(&[]);
    leaf.distinguished_name.push(rcgen::DnType::CommonName, HOST);
    let chain = Chain::new(leaf);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::WrongHost));
}

#[test]
fn a_longer_name_that_begins_or_ends_alike() {
    let chain = Chain::new(server(&["service.example"]));
    let port = start(&chain);
    for host in ["evil.service.example", "service.example.evil", "xservice.example"] {
        assert_eq!(verdict_on(chain.root.der(), host, port), Err(TlsError::WrongHost), "{host}");
    }
}

#[test]
fn another_root_with_the_same_name() {
    let chain = Chain::new(server(&[HOST]));
    let verdict = verdict(Party::root(Kind::P256).der(), start(&chain));
    assert!(matches!(verdict, Err(TlsError::UnknownIssuer | TlsError::InvalidSignature)), "{verdict:?}");
}

#[test]
fn another_root() {
    let chain = Chain::new(server(&[HOST]));
    let key = Kind::P256.key();
    let other = Party { certificate: authority("Other").self_signed(&key).unwrap(), key };
    assert_eq!(verdict(other.der(), start(&chain)), Err(TlsError::UnknownIssuer));
}

#[test]
fn a_chain_without_its_intermediate_certificate() {
    let chain = Chain::new(server(&[HOST]));
    let port = start_sending(vec![chain.leaf.der()], &chain.leaf.key);
    assert_eq!(verdict(chain.root.der(), port), Err(TlsError::UnknownIssuer));
}

#[test]
fn certificates_of_another_time() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    let year = 365 * 24 * 60 * 60;
    let verdict = |time| verdict_at(chain.root.der(), HOST, Validity::At(&|| time), port);
    assert_eq!(verdict(Some(Duration::from_secs(NOW + year))), Err(TlsError::Expired));
    assert_eq!(verdict(Some(Duration::from_secs(NOW - year))), Err(TlsError::NotYetValid));
    assert_eq!(verdict(None), Err(TlsError::ClockNotSet));
}

#[test]
fn an_authority_of_another_time() {
    let mut issuing = authority("Issuing");
    issuing.not_after = date_time_ymd(2024, 5, 31);
    let chain = Chain::below(issuing, server(&[HOST]), Kind::P256, Kind::P256);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::Expired));
}

#[test]
fn a_chain_that_was_never_valid_as_a_whole() {
    let mut issuing = authority("Issuing");
    issuing.not_before = date_time_ymd(2020, 1, 1);
    issuing.not_after = date_time_ymd(2023, 12, 31);
    let chain = Chain::below(issuing, server(&[HOST]), Kind::P256, Kind::P256);
    let verdict = verdict_at(chain.root.der(), HOST, Validity::DangerouslyAtAnyTime, start(&chain));
    assert_eq!(verdict, Err(TlsError::Expired));
}

#[test]
fn a_certificate_of_a_client() {
    let chain = Chain::new(client());
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotForServers));
}

#[test]
fn a_certificate_of_an_authority() {
    let mut leaf = server(&[HOST]);
    leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let chain = Chain::new(leaf);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotForServers));
}

#[test]
fn a_key_that_is_not_for_signing() {
    let mut leaf = server(&[HOST]);
    leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    let chain = Chain::new(leaf);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotForServers));
}

#[test]
fn a_leaf_that_issues() {
    let mut leaf = client();
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    for issuer in [leaf, client()] {
        let chain = Chain::below(issuer, server(&[HOST]), Kind::P256, Kind::P256);
        assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotAnIssuer));
    }
}

#[test]
fn an_authority_whose_key_is_not_for_certificates() {
    let mut issuing = authority("Issuing");
    issuing.key_usages = vec![KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    let chain = Chain::below(issuing, server(&[HOST]), Kind::P256, Kind::P256);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotAnIssuer));
}

#[test]
fn a_path_that_is_too_long() {
    let mut issuing = authority("Issuing");
    issuing.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let root = Party::root(Kind::P256);
    let issuing = root.issue(issuing, Kind::P256);
    let further = issuing.issue(authority("Further"), Kind::P256);
    let leaf = further.issue(server(&[HOST]), Kind::P256);
    let port = start_sending(vec![leaf.der(), further.der(), issuing.der()], &leaf.key);
    assert_eq!(verdict(root.der(), port), Err(TlsError::NotAnIssuer));
}

#[test]
fn a_host_that_the_authority_may_not_name() {
    let mut issuing = authority("Issuing");
    let permitted_subtrees = vec![GeneralSubtree::DnsName("elsewhere.example".into())];
    issuing.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    let chain = Chain::below(issuing, server(&[HOST]), Kind::P256, Kind::P256);
    assert_eq!(verdict(chain.root.der(), start(&chain)), Err(TlsError::NotAnIssuer));
}

#[test]
fn a_host_that_nobody_can_have() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    assert_eq!(verdict_on(chain.root.der(), "under_score .example", port), Err(TlsError::InvalidHost));
    let long = ["x"; 128].join(".");
    assert_eq!(verdict_on(chain.root.der(), &long, port), Err(TlsError::InvalidHost), "{} bytes", long.len());
}

#[test]
fn no_trust_anchor_at_all() {
    let chain = Chain::new(server(&[HOST]));
    let trust = Trust::Anchors { anchors: &[], validity: Validity::DangerouslyAtAnyTime };
    assert_eq!(Device::trusting(trust).echo(HOST, start(&chain)), Err(TlsError::UnknownIssuer));
    let nonsense = CertificateDer::from_slice(b"nonsense");
    assert!(matches!(trust_anchor(&nonsense), Err(TlsError::InvalidCertificate)));
}

#[test]
fn tls_1_2() {
    let chain = Chain::new(server(&[HOST]));
    let port = serve(config(chain.sent(), &chain.leaf.key, None, &[&version::TLS12]));
    assert_eq!(verdict(chain.root.der(), port), Err(TlsError::NothingInCommon));
    let openssl = OpenSsl::start(&chain, &["-tls1_2"]);
    assert_eq!(verdict(chain.root.der(), openssl.port), Err(TlsError::NothingInCommon));
}

#[test]
fn another_cipher_or_curve() {
    let chain = Chain::new(server(&[HOST]));
    for arguments in [["-ciphersuites", "TLS_AES_256_GCM_SHA384"], ["-groups", "X25519"]] {
        let openssl = OpenSsl::start(&chain, &arguments);
        assert_eq!(verdict(chain.root.der(), openssl.port), Err(TlsError::NothingInCommon), "{arguments:?}");
    }
}

#[test]
fn messages_that_are_split_over_records() {
    let chain = Chain::new(server(&[HOST]));
    let mut splitting = config(chain.sent(), &chain.leaf.key, None, &[&version::TLS13]);
    splitting.max_fragment_size = Some(512);
    assert_eq!(verdict(chain.root.der(), serve(splitting)), Err(TlsError::Malformed));
    let openssl = OpenSsl::start(&chain, &["-max_send_frag", "512"]);
    assert_eq!(verdict(chain.root.der(), openssl.port), Err(TlsError::Malformed));
}

#[test]
fn what_is_no_tls() {
    let port = tls_servers::server::listen(|mut stream| {
        use std::io::Write as _;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert_eq!(verdict(Party::root(Kind::P256).der(), port), Err(TlsError::Malformed));
}
