//! rustls servers that echo lines.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::KeyPair;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, Stream, SupportedProtocolVersion, version};

use crate::chains::{Chain, Party};

/// A server with that chain. Returns its port.
pub fn start(chain: &Chain) -> u16 {
    start_sending(chain.sent(), &chain.leaf.key)
}

/// A server that sends these certificates.
pub fn start_sending(sent: Vec<Vec<u8>>, key: &KeyPair) -> u16 {
    serve(config(sent, key, None, &[&version::TLS13]))
}

/// A server that asks for certificates of clients that this authority issued.
pub fn start_asking(chain: &Chain, clients: &Party) -> u16 {
    serve(config(chain.sent(), &chain.leaf.key, Some(clients), &[&version::TLS13]))
}

/// What a server of these versions has, which asks for certificates that `clients` issued.
pub fn config(
    sent: Vec<Vec<u8>>,
    key: &KeyPair,
    clients: Option<&Party>,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().into()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let sent = sent.into_iter().map(CertificateDer::from).collect();
    builder.with_single_cert(sent, PrivateKeyDer::try_from(key.serialize_der()).unwrap()).unwrap()
}

/// Echoes lines: it keeps silent about `silence`, and ends after `bye`. Returns its port.
pub fn serve(config: ServerConfig) -> u16 {
    let config = Arc::new(config);
    listen(move |mut stream| {
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        let mut lines = BufReader::new(Stream::new(&mut connection, &mut stream));
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            // Whoever asks for silence gets none of it back.
            if line != "silence\n" && lines.get_mut().write_all(line.as_bytes()).is_err() {
                return;
            }
            if line == "bye\n" {
                break;
            }
            line.clear();
        }
        connection.send_close_notify();
        let _ = connection.complete_io(&mut stream);
        let _ = stream.read(&mut [0; 64]);
    })
}

/// Has every connection served by a thread of its own. Returns the port.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    port
}
