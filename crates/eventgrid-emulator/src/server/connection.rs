//! One connection: HTTP/1.1 in, HTTP/1.1 out, with TLS around it or without.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;

use super::acceptor::Acceptor;
use super::shared::Shared;
use crate::service::MAX_BODY;

/// How much of a body that is too large is read and thrown away, so that its sender gets to read the answer.
const MAX_DISCARDED: usize = 64 * MAX_BODY;

/// Serves a connection until either side ends it.
pub(super) fn spawn(
    stream: TcpStream,
    acceptor: &Acceptor,
    shared: &Arc<Shared>,
    connections: &GracefulShutdown,
) {
    // Answers are small and awaited; it fails only on a connection that is gone.
    let _ = stream.set_nodelay(true);
    let (acceptor, shared) = (acceptor.clone(), Arc::clone(shared));
    let watcher = connections.watcher();
    tokio::spawn(async move {
        // What can fail here is the client's connection, and that is the client's to notice.
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let scheme = acceptor.scheme();
        let service = service_fn(|request| answer(Arc::clone(&shared), scheme.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = watcher.watch(connection).await;
    });
}

async fn answer(
    shared: Arc<Shared>,
    scheme: Scheme,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (mut head, body) = request.into_parts();
    head.uri = whole_uri(head.uri, &head.headers, scheme);
    let request = Request::from_parts(head, collect(body).await?);
    Ok(shared.answer(request).await.map(Full::new))
}

/// The URI with the scheme it came by and the host it is for, as far as that is known.
fn whole_uri(uri: Uri, headers: &HeaderMap, scheme: Scheme) -> Uri {
    let host = headers.get(header::HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let (None, Some(host), Some(path)) = (uri.authority(), host, uri.path_and_query()) else { return uri };
    let whole = Uri::builder().scheme(scheme).authority(host).path_and_query(path.clone()).build();
    whole.unwrap_or(uri)
}

/// Reads a body. Of one that is too large, just enough is kept to see that it is.
async fn collect(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let mut kept = BytesMut::new();
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            read += data.len();
            let room = MAX_BODY + 1 - kept.len();
            kept.extend_from_slice(&data[..data.len().min(room)]);
            if read > MAX_DISCARDED {
                break;
            }
        }
    }
    Ok(kept.freeze())
}
