//! Asks a running emulator whether it works, as a container's health check does.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use http::{Request, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Where an emulator says whether it works.
const PATH: &str = "/emulator/health";

/// How long it may take to say so.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of what it says is read.
const MAX_BODY: usize = 64 * 1024;

/// Asks the emulator at that URL.
///
/// # Errors
/// What is wrong, if it does not say that it works.
pub(crate) fn health(url: &str, ca: Option<&Path>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(url, ca)).await });
    let seconds = PATIENCE.as_secs();
    asked.unwrap_or_else(|_| Err(format!("{url} did not respond within {seconds} seconds").into())).map_err(
        |error| match error.source() {
            Some(cause) => format!("{url} is not healthy: {error}: {cause}"),
            None => format!("{url} is not healthy: {error}"),
        },
    )
}

async fn ask(url: &str, ca: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let url: Uri = url.parse()?;
    let (Some(scheme), Some(host)) = (url.scheme_str(), url.host()) else {
        return Err("it has no scheme or no host: write http://HOST:PORT".into());
    };
    // An IPv6 address is in brackets in a URL alone.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_https = match scheme {
        "http" => false,
        "https" => true,
        _ => return Err("its scheme is neither http nor https".into()),
    };
    let port = url.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await?;
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let path = if url.path() == "/" { PATH } else { url.path() };
    if is_https {
        let connector = TlsConnector::from(Arc::new(trusting(ca)?));
        let name = ServerName::try_from(host.to_owned())?;
        get(connector.connect(name, stream).await?, authority, path).await
    } else {
        get(stream, authority, path).await
    }
}

/// Trusts the certificate authorities in that file, and no other.
fn trusting(ca: Option<&Path>) -> Result<ClientConfig, Box<dyn Error>> {
    let path = ca.ok_or("https needs --ca FILE: the certificate authority to trust, in PEM form")?;
    let pem = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

async fn get(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    authority: &str,
    path: &str,
) -> Result<(), Box<dyn Error>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get(path).header(header::HOST, authority).body(Empty::<Bytes>::new())?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    if head.status.is_success() {
        return Ok(());
    }
    let body = Limited::new(body, MAX_BODY).collect().await.map_err(io::Error::other)?.to_bytes();
    let text: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let message = text["error"]["message"].as_str().unwrap_or("the response has no error message");
    Err(format!("{}: {}", head.status, message.escape_debug()).into())
}
