//! Publishing to a server that supports only TLS 1.2; servers with a false identity are refused.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex as StdMutex};

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::TransportErrorKind::{Connect, Tls as TlsKind};
use eventgrid::{
    AccessKey, Client, CloudEvent, Error, NamespaceTopic, Publisher, RetryPolicy, TransportError,
    TransportErrorKind,
};
use eventgrid_hyper::Tokio;
use eventgrid_reqwless::{ConnectError, Reqwless, Slot, Socket};
use firmware_mbedtls::{MbedTlsSocket, Network};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use mbedtls_rs::sys::hook::wall_clock::{MbedtlsWallClock, hook_wall_clock};
use mbedtls_rs::sys::tm;
use mbedtls_rs::{Certificate, Tls, X509};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::version::TLS12;

type Issuer = CertifiedIssuer<'static, KeyPair>;

#[test]
fn an_event_is_published_over_tls_1_2() {
    let root = authority();
    assert_eq!(publish(&root, &certificate("localhost"), &root), Ok(()));
}

#[test]
fn a_server_below_another_authority_is_refused() {
    assert_eq!(publish(&authority(), &certificate("localhost"), &authority()), Err(TlsKind));
}

#[test]
fn another_hosts_server_is_refused() {
    let root = authority();
    assert_eq!(publish(&root, &certificate("elsewhere.test"), &root), Err(TlsKind));
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let root = authority();
    let mut expired = certificate("localhost");
    expired.not_after = rcgen::date_time_ymd(2025, 12, 31);
    assert_eq!(publish(&root, &expired, &root), Err(TlsKind));
}

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn certificate(host: &str) -> CertificateParams {
    CertificateParams::new([host.to_owned()]).unwrap()
}

/// Publishes an event to `localhost`, whose certificate `issuer` signs, and believes `root` alone.
fn publish(
    issuer: &Issuer,
    certificate: &CertificateParams,
    root: &Issuer,
) -> Result<(), TransportErrorKind> {
    /// There is one Mbed TLS in a process.
    static ONE: StdMutex<()> = StdMutex::new(());
    let _one = ONE.lock().unwrap();
    // SAFETY: nothing of Mbed TLS runs yet, and the clock is there forever.
    unsafe { hook_wall_clock(Some(&NewYear2026)) };
    let tls = Tls::new(Box::leak(Box::new(UnwrapErr(SysRng)))).unwrap();
    let acceptor = acceptor(issuer, certificate);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(serve(listener, acceptor));
        let network = Network::new(TokioSocket::default());
        let authorities = Certificate::new(X509::DER(root.der())).unwrap();
        let mut heads = [0; 1024];
        let socket = MbedTlsSocket::new(tls.reference(), &network, authorities);
        let transport = Reqwless::new(Tokio, [Slot::new(socket, &mut heads)]);
        let client = Client::new(transport, Tokio, AccessKey::new("c2VjcmV0")).retry(RetryPolicy::none());
        let topic = NamespaceTopic::new(format!("https://localhost:{port}"), "readings").unwrap();
        let publisher = Publisher::new(client, topic);
        // The second goes through the same connection.
        for id in ["1", "2"] {
            match publisher.send(&CloudEvent::new(id, "urn:device:1", "Reading")).await {
                Ok(()) => {}
                Err(Error::Transport { error, .. }) => return Err(error.kind()),
                Err(error) => panic!("{error}"),
            }
        }
        Ok(())
    })
}

fn acceptor(issuer: &Issuer, certificate: &CertificateParams) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let chain = vec![certificate.signed_by(&key, issuer).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Responds to every request on one connection.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    let (stream, _) = listener.accept().await.unwrap();
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        // Its body is an event or an array of one.
        if request.ends_with(b"}") || request.ends_with(b"}]") {
            request.clear();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
            stream.flush().await.unwrap();
        }
    }
}

struct NewYear2026;

impl MbedtlsWallClock for NewYear2026 {
    fn instant(&self) -> Option<tm> {
        Some(tm { tm_year: 126, tm_mon: 0, tm_mday: 1, tm_wday: 4, ..Default::default() })
    }
}

/// A socket of tokio that can be opened again.
#[derive(Default)]
struct TokioSocket(Option<TcpStream>);

impl TokioSocket {
    fn stream(&mut self) -> Result<&mut TcpStream, ErrorKind> {
        self.0.as_mut().ok_or(ErrorKind::NotConnected)
    }
}

impl ErrorType for TokioSocket {
    type Error = ErrorKind;
}

impl Read for TokioSocket {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.stream()?.read(buffer).await.map_err(|error| error.kind().into())
    }
}

impl Write for TokioSocket {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.stream()?.write(bytes).await.map_err(|error| error.kind().into())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.stream()?.flush().await.map_err(|error| error.kind().into())
    }
}

impl Socket for TokioSocket {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, _: &str, port: u16) -> Result<(), ConnectError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
        self.0 = Some(stream.map_err(|_| ConnectError::new(Connect, "the connection was refused"))?);
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(mut stream) = self.0.take() {
            let _ = stream.shutdown().await;
        }
    }

    fn abort(&mut self) {
        self.0 = None;
    }

    fn is_open(&mut self) -> bool {
        self.0.is_some()
    }
}
