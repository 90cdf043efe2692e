//! Sends one request to an endpoint.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use eventgrid_push::{AttemptResult, PushRequest};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connections::{Connection, Connections, Origin};
use super::failure::{PushFailure, with_causes};
use super::resolve::{check_connection, resolve};
#[cfg(feature = "tls")]
use super::tls::PushTls;
use crate::push_targets::PushTargets;

/// The longest head of a response.
const MAX_HEAD: usize = 64 * 1024;

/// The longest body of a response.
const MAX_BODY: usize = 64 * 1024;

/// How requests are sent.
#[derive(Debug)]
pub(in crate::server) struct PushClientSettings {
    pub(in crate::server) targets: PushTargets,
    /// How long a response may take, from before the name is resolved until the body is there.
    pub(in crate::server) timeout: Duration,
    /// A certificate authority that is trusted beside those of the operating system, as PEM text.
    #[cfg(feature = "tls")]
    pub(in crate::server) certificate_authority: Option<String>,
}

/// Sends requests over connections that it keeps.
pub(in crate::server) struct PushClient {
    targets: PushTargets,
    timeout: Duration,
    connections: Connections,
    #[cfg(feature = "tls")]
    tls: PushTls,
}

/// A response, or why there is none that counts.
pub(super) type PushResult = Result<PushResponse, PushFailure>;

/// The response of an endpoint.
#[derive(Debug)]
pub(in crate::server) struct PushResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What the result of a push counts as.
pub(super) fn attempt_of(result: &PushResult) -> AttemptResult {
    match result {
        Ok(response) => AttemptResult::Status(response.status),
        Err(failure) => failure.attempt(),
    }
}

/// A request that may have to be sent again, over another connection.
struct Outgoing<'u> {
    url: &'u Uri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

impl PushClient {
    pub(in crate::server) fn new(settings: PushClientSettings) -> Self {
        Self {
            targets: settings.targets,
            timeout: settings.timeout,
            connections: Connections::default(),
            #[cfg(feature = "tls")]
            tls: PushTls::new(settings.certificate_authority),
        }
    }

    /// Sends a request and waits for the response, body included. No redirect is followed.
    pub(super) async fn send(&self, url: &Uri, request: PushRequest) -> PushResult {
        let (method, headers, body) = request.into_parts();
        let outgoing = Outgoing { url, method, headers, body: body.into() };
        match timeout(self.timeout, self.exchange(outgoing)).await {
            Ok(result) => result,
            Err(_) => Err(PushFailure::TimedOut(self.timeout)),
        }
    }

    async fn exchange(&self, outgoing: Outgoing<'_>) -> PushResult {
        let origin = Origin::of(outgoing.url).ok_or_else(|| PushFailure::NotHttp("no host".to_owned()))?;
        while let Some(mut connection) = self.connections.take(&origin) {
            match connection.try_send_request(outgoing.request()).await {
                Ok(response) => return self.finish(origin, connection, response).await,
                // The endpoint may close a connection whenever it is idle, and that is not known
                // before something is sent. What was not sent at all can go over the next one.
                Err(mut error) => {
                    if error.take_message().is_none() {
                        break;
                    }
                }
            }
        }
        let mut connection = Box::pin(self.connect(outgoing.url)).await?;
        let response = connection.send_request(outgoing.request()).await;
        let response = response.map_err(|error| PushFailure::of_exchange(&error, MAX_HEAD))?;
        self.finish(origin, connection, response).await
    }

    /// Reads the body, and keeps the connection for the next push.
    async fn finish(
        &self,
        origin: Origin,
        mut connection: Connection,
        response: Response<Incoming>,
    ) -> PushResult {
        let (head, body) = response.into_parts();
        if size_of(&head.headers) > MAX_HEAD {
            return Err(PushFailure::HeadTooLarge(MAX_HEAD));
        }
        let body = read(body).await?;
        if connection.ready().await.is_ok() {
            self.connections.keep(origin, connection);
        }
        Ok(PushResponse { status: head.status.as_u16(), headers: head.headers, body })
    }

    async fn connect(&self, url: &Uri) -> Result<Connection, PushFailure> {
        let is_https = url.scheme() == Some(&Scheme::HTTPS);
        let host = url.host().unwrap_or_default();
        let port = url.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let stream = self.open(host, port).await?;
        // Requests are small and awaited; it fails only on a connection that is gone.
        let _ = stream.set_nodelay(true);
        if !is_https {
            return speak_http(stream).await;
        }
        #[cfg(feature = "tls")]
        return speak_http(self.tls.connect(host, stream).await?).await;
        #[cfg(not(feature = "tls"))]
        Err(PushFailure::NoTls)
    }

    /// Connects to the first address of a host that accepts it.
    async fn open(&self, host: &str, port: u16) -> Result<TcpStream, PushFailure> {
        let mut failure = None;
        for address in resolve(&self.targets, host, port).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => return check_connection(&self.targets, &stream).map(|()| stream),
                Err(source) => failure = Some(PushFailure::Unreachable { address, source }),
            }
        }
        Err(failure.unwrap_or_else(|| PushFailure::Broken("there is no address".to_owned())))
    }
}

impl Outgoing<'_> {
    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.headers_mut() = self.headers.clone();
        let authority = self.url.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        if let Ok(host) = HeaderValue::from_str(authority) {
            request.headers_mut().insert(header::HOST, host);
        }
        if let Some(path) = self.url.path_and_query() {
            *request.uri_mut() = path.clone().into();
        }
        request
    }
}

/// Begins to speak HTTP over a connection, which is driven by a task of its own until either side
/// ends it.
async fn speak_http<S>(stream: S) -> Result<Connection, PushFailure>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    TokioIo<S>: Read + Write,
{
    let mut builder = http1::Builder::new();
    // It looks at this between two reads, so a head may be nearly twice as long.
    builder.max_buf_size(MAX_HEAD);
    let (connection, driver) = builder
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| PushFailure::of_exchange(&error, MAX_HEAD))?;
    tokio::spawn(async move {
        // Whoever sent the request is told what went wrong.
        let _ = driver.await;
    });
    Ok(connection)
}

/// How many bytes a head with these headers has, beside its first line.
fn size_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

async fn read(mut body: Incoming) -> Result<Bytes, PushFailure> {
    let mut read = BytesMut::new();
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { break };
        let frame = frame.map_err(|error| PushFailure::BodyBroken(with_causes(&error)))?;
        if let Ok(data) = frame.into_data() {
            if read.len() + data.len() > MAX_BODY {
                return Err(PushFailure::BodyTooLarge(MAX_BODY));
            }
            read.extend_from_slice(&data);
        }
    }
    Ok(read.freeze())
}
