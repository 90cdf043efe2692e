//! Servers that do not prove their identity, and attacks by someone in between.

use std::io::{Read, Write};
use std::sync::Arc;

use embedded_io_async::Read as _;
use embedded_tls_webpki::{TlsError, Trust};
use rustls::ServerConnection;
use rustls::version;
use sha2::{Digest, Sha256};
use tls_servers::chains::{Chain, HOST, server};
use tls_servers::server::{config, listen};

use crate::support::device::{AT, Device, trusting, verdict};
use crate::support::rogue::Message::{
    Certificate, CertificateVerify, EncryptedExtensions, Finished, Nothing,
};
use crate::support::rogue::{Message, start};

fn refused(chain: &Chain, messages: &[Message]) -> TlsError {
    verdict(chain.root.der(), start(messages.to_vec())).unwrap_err()
}

#[test]
fn a_server_without_a_certificate() {
    let chain = Chain::new(server(&[HOST]));
    assert_eq!(refused(&chain, &[EncryptedExtensions, Finished]), TlsError::NotAuthenticated);
    assert_eq!(
        refused(&chain, &[EncryptedExtensions, Certificate(Vec::new()), Finished]),
        TlsError::NotAuthenticated
    );
    assert_eq!(
        refused(&chain, &[EncryptedExtensions, CertificateVerify, Finished]),
        TlsError::NotAuthenticated
    );
}

#[test]
fn a_server_with_the_certificate_of_another_one() {
    let chain = Chain::new(server(&[HOST]));
    let stolen = Certificate(chain.sent());
    assert_eq!(refused(&chain, &[EncryptedExtensions, stolen.clone(), Finished]), TlsError::NotAuthenticated);
    let forged = [EncryptedExtensions, stolen.clone(), CertificateVerify, Finished];
    assert_eq!(refused(&chain, &forged), TlsError::InvalidSignature);
    let twice = [EncryptedExtensions, stolen.clone(), stolen, CertificateVerify, Finished];
    assert_eq!(refused(&chain, &twice), TlsError::Malformed);
}

#[test]
fn a_pinned_key_must_be_proved_as_well() {
    let chain = Chain::new(server(&[HOST]));
    let stolen = Certificate(chain.sent());
    let pins = [Sha256::digest(chain.leaf.key.public_key_der()).into()];
    let device = Device::trusting(Trust::Keys(&pins));
    let port = start(vec![EncryptedExtensions, stolen.clone(), CertificateVerify, Finished]);
    assert_eq!(device.echo(HOST, port), Err(TlsError::InvalidSignature));
    let port = start(vec![EncryptedExtensions, stolen, Finished]);
    assert_eq!(device.echo(HOST, port), Err(TlsError::NotAuthenticated));
    let port = start(vec![EncryptedExtensions, Finished]);
    assert_eq!(device.echo(HOST, port), Err(TlsError::NotAuthenticated));
}

#[test]
fn an_encrypted_record_without_anything_in_it() {
    let chain = Chain::new(server(&[HOST]));
    assert_eq!(refused(&chain, &[Nothing]), TlsError::Malformed);
}

/// A message in plain text which says that nothing more will come. Anyone can put it in.
const PLAIN_CLOSE: &[u8] = &[21, 3, 3, 0, 2, 1, 0];

#[test]
fn a_connection_that_is_cut() {
    for (inserted, expected) in [(&[][..], TlsError::Truncated), (PLAIN_CLOSE, TlsError::Malformed)] {
        let chain = Chain::new(server(&[HOST]));
        let config = Arc::new(config(chain.sent(), &chain.leaf.key, None, &[&version::TLS13]));
        let port = listen(move |mut stream| {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            while connection.is_handshaking() || connection.wants_write() {
                connection.complete_io(&mut stream).unwrap();
            }
            let _ = stream.write_all(inserted);
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        });
        trusting(chain.root.der(), AT, |device| {
            device.run(async |socket| {
                socket.connect(HOST, port).await.unwrap();
                assert_eq!(socket.read(&mut [0; 8]).await, Err(expected));
                assert!(!socket.is_open());
            });
        });
    }
}
