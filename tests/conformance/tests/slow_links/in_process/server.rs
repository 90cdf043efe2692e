//! The namespace: HTTP/1.1 on the connection, and the emulator in process.

use std::convert::Infallible;

use eventgrid::{Buf, SendAsyncTransport};
use eventgrid_emulator::InProcess;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use link::tokio::Stream;

/// The largest response: a hundred of the largest events.
const LARGEST: usize = 128 << 20;

/// Serves a connection to its end.
pub(crate) async fn serve(stream: Stream, namespace: InProcess) {
    let service = service_fn(|request| respond(request, namespace.clone()));
    // It ends when the client has closed it, or the link has reset it.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(
    request: Request<Incoming>,
    namespace: InProcess,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Ok(Response::new(Full::default())) };
    let url =
        format!("{}{}", InProcess::ENDPOINT, head.uri.path_and_query().map_or("/", |path| path.as_str()));
    let mut lines = String::new();
    for (name, value) in &head.headers {
        if name != "host" && name != "content-length" {
            lines.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
        }
    }
    let body = body.to_bytes();
    let request = eventgrid::Request::new(head.method.as_str(), &url).with_headers(&lines).with_body(&body);
    let mut received = Vec::new();
    let mut response = eventgrid::Response::new(Buf::growable(&mut received, LARGEST));
    SendAsyncTransport::send(&namespace, &request, &mut response).await.unwrap();
    let done = response.finish();
    received.truncate(done.len);
    let status = done.head.status();
    Ok(Response::builder().status(status).body(Full::new(received.into())).unwrap())
}
