//! Why neither the verifier of `embedded-tls` nor its report that a handshake is complete can be
//! trusted: it accepts these servers, which a device must refuse.

use embedded_tls::pki::CertVerifier;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CryptoProvider, CryptoRngCore, NoClock, TlsConfig, TlsConnection,
    TlsContext, TlsVerifier,
};
use embedded_tls_webpki::{Reconnect, TlsError, TlsRandom};
use p256::ecdsa::DerSignature;
use tls_servers::chains::{Chain, HOST, Kind, client, server};
use tls_servers::server::start;
use tokio::runtime::Builder;

use crate::support::device::{TokioSocket, verdict};
use crate::support::rogue::{self, Message};

struct BuiltIn<'a> {
    random: TlsRandom,
    verifier: CertVerifier<'a, Aes128GcmSha256, NoClock, 4096>,
}

impl CryptoProvider for BuiltIn<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = DerSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, embedded_tls::TlsError> {
        Ok(&mut self.verifier)
    }
}

/// What `embedded-tls` says to a server, with nothing of ours in between.
fn built_in_verdict(root: &[u8], port: u16) -> Result<(), embedded_tls::TlsError> {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut socket = TokioSocket::default();
        socket.connect(HOST, port).await.unwrap();
        let (mut read, mut write) = (vec![0; 16640], vec![0; 1024]);
        let config = TlsConfig::new().with_server_name(HOST);
        let provider = BuiltIn {
            random: TlsRandom::from_entropy([42; 32]),
            verifier: CertVerifier::new(Certificate::X509(root)),
        };
        TlsConnection::new(socket, &mut read, &mut write).open(TlsContext::new(&config, provider)).await
    })
}

#[test]
fn it_knows_a_good_server_and_another_host() {
    let chain = Chain::new(server(&[HOST]));
    assert!(built_in_verdict(&chain.root.der(), start(&chain)).is_ok());
    let other = Chain::new(server(&["other.example"]));
    assert!(built_in_verdict(&other.root.der(), start(&other)).is_err());
}

#[test]
fn it_lets_any_certificate_issue_others() {
    let chain = Chain::below(client(), server(&[HOST]), Kind::P256, Kind::P256);
    let port = start(&chain);
    assert!(built_in_verdict(&chain.root.der(), port).is_ok());
    assert_eq!(verdict(chain.root.der(), port), Err(TlsError::NotAnIssuer));
}

#[test]
fn it_takes_a_client_for_a_server() {
    let chain = Chain::new(client());
    let port = start(&chain);
    assert!(built_in_verdict(&chain.root.der(), port).is_ok());
    assert_eq!(verdict(chain.root.der(), port), Err(TlsError::NotForServers));
}

#[test]
fn it_is_not_even_asked_about_a_server_without_a_certificate() {
    let chain = Chain::new(server(&[HOST]));
    let port = rogue::start(vec![Message::EncryptedExtensions, Message::Finished]);
    assert!(built_in_verdict(&chain.root.der(), port).is_ok());
    assert_eq!(verdict(chain.root.der(), port), Err(TlsError::NotAuthenticated));
}
