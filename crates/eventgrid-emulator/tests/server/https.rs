//! HTTPS: whom clients have to trust, and which clients are refused.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::credential::{AccessToken, BearerToken};
use eventgrid::event::EventGridEvent;
use eventgrid::sas::SasKey;
use eventgrid::target::BasicTopic;
use eventgrid::{
    AccessKey, Client, CloudEvent, Credential, NamespaceTopic, ReceiveOptions, Std, Subscription,
};
use eventgrid_emulator::{Emulator, EmulatorBuilder, InputSchema, RunningEmulator};
use eventgrid_ureq::Ureq;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::http_client::Connection;

/// Base64 text, so that it can sign.
const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

fn builder() -> EmulatorBuilder {
    Emulator::builder()
        .key(KEY)
        .bearer_token("a-bearer-token")
        .subscription("orders", "billing")
        .basic_topic("grid", InputSchema::EventGrid)
}

/// An empty folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// A client that trusts one certificate authority.
pub(crate) fn client<C>(authority: &str, credential: C) -> Client<Ureq, Std, C> {
    let transport = Ureq::builder().without_proxy().root_certificates(authority.as_bytes()).unwrap().build();
    Client::new(transport, Std, credential)
}

/// Publishes an event to the namespace.
pub(crate) fn publish<C: Credential>(
    endpoint: &str,
    client: Client<Ureq, Std, C>,
) -> Result<(), eventgrid::Error<'static, eventgrid_ureq::Error>> {
    let topic = NamespaceTopic::new(endpoint.to_owned(), "orders").unwrap();
    Publisher::new(client, topic).send(&CloudEvent::new("1", "/shop", "Ordered"))
}

fn authority(emulator: &RunningEmulator) -> &str {
    emulator.certificate_authority().unwrap()
}

#[test]
fn a_client_that_trusts_the_authority_publishes_and_receives() {
    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    let port = emulator.address().port();
    assert_eq!(emulator.endpoint(), format!("https://127.0.0.1:{port}"));
    for endpoint in [emulator.endpoint(), format!("https://localhost:{port}")] {
        let client = || client(authority(&emulator), AccessKey::new(KEY));
        publish(&endpoint, client()).unwrap();
        let subscription = Subscription::new(endpoint, "orders", "billing").unwrap();
        let consumer = Consumer::new(client(), subscription);
        let batch = consumer.receive(ReceiveOptions::new()).unwrap();
        assert!(consumer.acknowledge(&batch).unwrap().is_complete());
    }
    assert_eq!(emulator.stats("orders", "billing").unwrap().acknowledged, 2);
}

#[test]
fn every_credential_works_as_with_the_service() {
    fn everywhere<C: Credential>(emulator: &RunningEmulator, credential: impl Fn() -> C) {
        publish(&emulator.endpoint(), client(authority(emulator), credential())).unwrap();
        let topic = BasicTopic::new(format!("{}/grid/api/events", emulator.endpoint())).unwrap();
        let event = EventGridEvent::new("1", "orders/17", "Ordered", "2024-06-01T12:00:00Z", "1.0");
        Publisher::new(client(authority(emulator), credential()), topic).send(&event).unwrap();
        assert_eq!(emulator.accepted().len(), 2);
        emulator.clear_accepted();
    }

    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    everywhere(&emulator, || AccessKey::new(KEY));
    everywhere(&emulator, || SasKey::new(KEY).unwrap());
    everywhere(&emulator, || {
        BearerToken::new(|| Ok::<_, std::io::Error>(AccessToken::new("a-bearer-token", Duration::MAX)))
    });
    let wrong = client(authority(&emulator), SasKey::new("d3Jvbmc=").unwrap());
    assert!(publish(&emulator.endpoint(), wrong).is_err());
}

#[test]
fn a_client_that_trusts_another_authority_sends_nothing() {
    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    let other = builder().tls_dev().start("127.0.0.1:0").unwrap();
    assert!(publish(&emulator.endpoint(), client(authority(&other), AccessKey::new(KEY))).is_err());
    assert!(emulator.accepted().is_empty());
}

#[test]
fn a_folder_keeps_the_authority() {
    let folder = folder("authority/below");
    let first = builder().tls_dev_in(&folder).start("127.0.0.1:0").unwrap();
    let trusted = fs::read_to_string(folder.join("ca.pem")).unwrap();
    assert_eq!(authority(&first), trusted);
    let key = fs::read(folder.join("ca-key.pem")).unwrap();
    drop(first);

    let second = builder().tls_dev_in(&folder).start("127.0.0.1:0").unwrap();
    assert_eq!(authority(&second), trusted);
    publish(&second.endpoint(), client(&trusted, AccessKey::new(KEY))).unwrap();
    assert_eq!(fs::read_to_string(folder.join("ca.pem")).unwrap(), trusted);
    assert_eq!(fs::read(folder.join("ca-key.pem")).unwrap(), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.join("ca-key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_certificate_of_the_users_is_shown() {
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap().pem();
    let emulator = builder().tls(certificate.clone(), key.serialize_pem()).start("127.0.0.1:0").unwrap();
    assert_eq!(emulator.certificate_authority(), None);
    let endpoint = format!("https://localhost:{}", emulator.address().port());
    publish(&endpoint, client(&certificate, AccessKey::new(KEY))).unwrap();
}

#[test]
fn certificates_that_are_none() {
    let key = rcgen::KeyPair::generate().unwrap();
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let certificate = rcgen::CertificateParams::new([]).unwrap().self_signed(&key).unwrap().pem();
    for (certificate, key, message) in [
        ("", &*other, "the certificates are not in PEM form: give one or more blocks of BEGIN CERTIFICATE"),
        (
            &*other,
            &*other,
            "the certificates are not in PEM form: give one or more blocks of BEGIN CERTIFICATE",
        ),
        (&*certificate, "", "the private key is not in PEM form: give a block of BEGIN PRIVATE KEY"),
        (
            &*certificate,
            &*certificate,
            "the private key is not in PEM form: give a block of BEGIN PRIVATE KEY",
        ),
        (&*certificate, &*other, "the certificate and the private key cannot be used"),
    ] {
        let error = builder().tls(certificate, key).start("127.0.0.1:0").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        assert_eq!(error.to_string(), message);
    }
    let shown = format!("{:?}", builder().tls("certificate", "hidden"));
    assert!(!shown.contains("hidden") && !shown.contains("104, 105, 100"), "{shown}");
}

#[test]
fn folders_that_hold_no_authority() {
    let start = |folder: &PathBuf| {
        let error = builder().tls_dev_in(folder).start("127.0.0.1:0").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        error.to_string()
    };
    let half = folder("half-an-authority");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("ca.pem"), "").unwrap();
    let message = start(&half);
    assert!(message.contains("ca.pem but no ca-key.pem beside it"), "{message}");
    fs::write(half.join("ca-key.pem"), "nonsense").unwrap();
    let message = start(&half);
    assert!(message.contains("is not a private key in PEM form"), "{message}");
    fs::remove_file(half.join("ca.pem")).unwrap();
    let message = start(&half);
    assert!(message.contains("ca-key.pem but no ca.pem beside it"), "{message}");

    let taken = folder("taken");
    fs::write(&taken, "a file").unwrap();
    let message = start(&taken);
    assert!(message.starts_with("cannot use "), "{message}");
}

/// Whether a client that trusts the authority takes the server for one of that name.
fn is_trusted_as(emulator: &RunningEmulator, name: &str) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority(emulator).as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(emulator.address()).unwrap();
    while client.is_handshaking() {
        if client.complete_io(&mut stream).is_err() {
            return false;
        }
    }
    true
}

#[test]
fn a_certificate_is_also_for_the_names_that_are_asked_for() {
    let folder = folder("authority-with-names");
    for emulator in [builder().tls_dev(), builder().tls_dev_in(&folder), builder().tls_dev_in(&folder)] {
        let emulator = emulator.tls_name("emulator").tls_name("10.0.0.7").tls_name("fd00::7");
        let emulator = emulator.start("127.0.0.1:0").unwrap();
        for name in ["localhost", "127.0.0.1", "::1", "emulator", "10.0.0.7", "fd00::7"] {
            assert!(is_trusted_as(&emulator, name), "{name}");
        }
        for name in ["other", "10.0.0.8", "fd00::8"] {
            assert!(!is_trusted_as(&emulator, name), "{name}");
        }
    }
}

#[test]
fn an_authority_that_may_not_sign_for_a_name_is_not_used_for_it() {
    let folder = folder("authority-without-names");
    drop(builder().tls_dev_in(&folder).start("127.0.0.1:0").unwrap());
    let error = builder().tls_dev_in(&folder).tls_name("emulator").start("127.0.0.1:0").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    let message = error.to_string();
    assert!(message.contains("cannot sign for localhost, 127.0.0.1, ::1, emulator: delete"), "{message}");

    let other = self::folder("another-authority");
    drop(builder().tls_dev_in(&other).start("127.0.0.1:0").unwrap());
    fs::copy(other.join("ca-key.pem"), folder.join("ca-key.pem")).unwrap();
    assert!(builder().tls_dev_in(&folder).start("127.0.0.1:0").is_err(), "the key is that of another one");
}

#[test]
fn names_that_no_certificate_can_be_for() {
    for name in ["", "*.local", "a b", "http://emulator", "emulator:6500"] {
        let error = builder().tls_dev().tls_name(name).start("127.0.0.1:0").unwrap_err();
        assert!(error.to_string().contains("is not a name or address"), "{error}");
    }
    let error = builder().tls_name("emulator").start("127.0.0.1:0").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn http_1_1_is_agreed_on_although_more_is_offered() {
    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    let authority = CertificateDer::from_pem_slice(authority(&emulator).as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority).unwrap();
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = TcpStream::connect(emulator.address()).unwrap();
        while client.is_handshaking() {
            client.complete_io(&mut stream).unwrap();
        }
        assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
}

#[test]
fn what_is_not_tls_ends_its_own_connection_alone() {
    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01\x02\x00\x01\xff\xff\xff", &[0; 600]] {
        let mut connection = Connection::open(emulator.address());
        connection.write(bytes);
        drop(connection);
    }
    // Half a handshake that goes on.
    let mut silent = TcpStream::connect(emulator.address()).unwrap();
    silent.write_all(b"\x16").unwrap();
    publish(&emulator.endpoint(), client(authority(&emulator), AccessKey::new(KEY))).unwrap();
    emulator.shutdown();
}

#[test]
fn stopping_ends_receives_that_wait() {
    let emulator = builder().tls_dev().start("127.0.0.1:0").unwrap();
    let client = client(authority(&emulator), AccessKey::new(KEY));
    let subscription = Subscription::new(emulator.endpoint(), "orders", "billing").unwrap();
    let waiting = std::thread::spawn(move || {
        Consumer::new(client, subscription).receive(ReceiveOptions::new()).map(|batch| batch.len())
    });
    while emulator.waiting() == 0 {
        assert!(!waiting.is_finished(), "it waits");
        std::thread::sleep(Duration::from_millis(1));
    }
    emulator.shutdown();
    assert_eq!(waiting.join().unwrap().unwrap(), 0);
}
