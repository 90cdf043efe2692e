//! A server that reads one request, keeps its head, and responds to it.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod counted;
pub(crate) mod memory;

use std::sync::Arc;

use eventgrid_hyper::eventgrid::{AccessKey, Client, CloudEvent, NamespaceTopic, RetryPolicy};
use eventgrid_hyper::{Hyper, Publisher, Tokio};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// A publisher that tries once.
pub(crate) fn publisher(transport: Hyper, endpoint: &'static str) -> Publisher {
    let client = Client::new(transport, Tokio, AccessKey::new("c2VjcmV0"));
    let client = client.retry(RetryPolicy::none()).allow_plain_http();
    Publisher::new(client, NamespaceTopic::new(endpoint, "readings").unwrap())
}

pub(crate) fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:plant/boiler", "Reading")
}

/// Reads the head of a request.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Reads a request, responds to it, and returns its head.
pub(crate) async fn respond(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), response: &str) -> String {
    let head = read_head(stream).await;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.unwrap();
    stream.write_all(response.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    head
}

/// TLS for `eventgrid.invalid`, and the certificate (PEM text) to trust for it.
pub(crate) fn tls(protocols: &[&[u8]]) -> (TlsAcceptor, String) {
    let CertifiedKey { cert, key_pair } =
        generate_simple_self_signed(["eventgrid.invalid".to_owned()]).unwrap();
    let pem = cert.pem();
    let key = PrivateKeyDer::try_from(key_pair.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.into()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    (Arc::new(config).into(), pem)
}
