//! One connection: HTTP/1.1 in, HTTP/1.1 out, with TLS around it or without.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version, header};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

use super::acceptor::Acceptor;
use super::clock::wall_time;
use super::engine::{EngineHandle, Pending};
use super::request_body::RequestBody;
use super::response_body::ResponseBody;
use super::watched_stream::{Watch, watched};
use crate::admin::{Access, Admitted};
use crate::fault::TransportFault;
use crate::observe::{OnRequest, Refusal, ServedRequest};
use crate::service::{MAX_BODY, Receipt};

/// A body that is declared to be no longer is read before anything else is looked at.
const SMALL_BODY: u64 = 16 * 1024;

/// How requests of a listener are handled.
#[derive(Clone)]
pub(super) struct Handler {
    pub(super) acceptor: Acceptor,
    pub(super) engine: EngineHandle,
    /// Whose requests these are, if they are those of the admin API.
    pub(super) admin: Option<Arc<Access>>,
    /// How long the head of a request may take, and its body beside what its length allows.
    pub(super) patience: Duration,
    pub(super) on_request: Option<OnRequest>,
}

/// Serves a connection until either side ends it.
///
/// Ten thousand receives may wait, each in a future of its own, so what such a future awaits only
/// before it waits, or only now and then, is boxed.
pub(super) fn spawn(stream: TcpStream, handler: &Handler, connections: &Arc<GracefulShutdown>) {
    // Responses are small and awaited; it fails only on a connection that is gone.
    let _ = stream.set_nodelay(true);
    let handler = handler.clone();
    let connections = Arc::downgrade(connections);
    tokio::spawn(async move {
        // What can fail here is the client's connection, and that is the client's to notice.
        let Ok(stream) = Box::pin(handler.acceptor.accept(stream)).await else { return };
        // A server that stops waits for requests, and not for handshakes.
        let Some(watcher) = connections.upgrade().map(|connections| connections.watcher()) else { return };
        let (stream, watch) = watched(stream);
        let service = service_fn(|request| respond(handler.clone(), watch.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(watcher.watch(connection));
        until_late(&watch, handler.patience, connection.as_mut()).await;
        if let Some(receipt) = watch.take_unwritten() {
            handler.engine.give_back(receipt);
        }
    });
}

/// Runs a connection until it ends, or the head of a request takes too long.
async fn until_late(watch: &Watch, patience: Duration, mut connection: Pin<&mut impl Future>) {
    let mut timer = None;
    poll_fn(|context| {
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = watch.head_since() else {
            timer = None;
            return Poll::Pending;
        };
        let end = Instant::from_std(since) + patience;
        let sleep = timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if sleep.deadline() != end {
            sleep.as_mut().reset(end);
        }
        sleep.as_mut().poll(context)
    })
    .await;
}

// An `async fn` would keep each argument twice.
fn respond(
    handler: Handler,
    watch: Watch,
    request: Request<Incoming>,
) -> impl Future<Output = io::Result<Response<ResponseBody>>> {
    watch.request_began();
    let mut observation =
        handler.on_request.as_ref().map(|on_request| Observation::begin(on_request, &request));
    let (mut head, body) = request.into_parts();
    let is_refused = !has_one_host(head.version, &head.headers);
    if !is_refused {
        head.uri = whole_uri(head.uri, &head.headers, handler.acceptor.scheme());
    }
    async move {
        let response = if is_refused {
            Ok(without_host())
        } else {
            handler.respond(&watch, head, body, &mut observation).await
        };
        if let Some(observation) = observation {
            observation.end(&response);
        }
        let (mut head, body) = response?.into_parts();
        let delivery = head.extensions.remove::<Receipt>();
        let body = ResponseBody::whole(body, delivery, handler.engine, watch.clone());
        match head.extensions.remove::<TransportFault>() {
            Some(fault) => Box::pin(with_fault(Response::from_parts(head, body), fault, &watch)).await,
            None => Ok(Response::from_parts(head, body)),
        }
    }
}

/// Does what a fault does to a response on its way.
async fn with_fault(
    response: Response<ResponseBody>,
    fault: TransportFault,
    watch: &Watch,
) -> io::Result<Response<ResponseBody>> {
    if !fault.delay.is_zero() {
        sleep(fault.delay).await;
    }
    if fault.has_no_response() {
        watch.reset();
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    Ok(response.map(|body| body.with_fault(fault)))
}

/// A request that somebody is told of, also if it is dropped since its connection ended.
struct Observation {
    on_request: OnRequest,
    served: ServedRequest,
    since: Instant,
}

impl Observation {
    fn begin(on_request: &OnRequest, request: &Request<Incoming>) -> Self {
        let mut served = ServedRequest::of(wall_time(), request);
        served.error_message = Some("the connection ended before the response".to_owned());
        Self { on_request: on_request.clone(), served, since: Instant::now() }
    }

    fn end(mut self, response: &io::Result<Response<Bytes>>) {
        match response {
            Ok(response) => self.served.end(response, response.body().len()),
            Err(error) => self.served.error_message = Some(error.to_string()),
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.served.duration = self.since.elapsed();
        self.on_request.call(&self.served);
    }
}

fn without_host() -> Response<Bytes> {
    const MESSAGE: &str = "A request of HTTP/1.1 needs one Host header.";
    let mut response = Response::new(Bytes::from_static(MESSAGE.as_bytes()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.extensions_mut().insert(Refusal { code: "BadRequest", message: MESSAGE.to_owned() });
    response
}

impl Handler {
    fn respond<'h>(
        &'h self,
        watch: &'h Watch,
        head: Parts,
        body: Incoming,
        observation: &'h mut Option<Observation>,
    ) -> impl Future<Output = io::Result<Response<Bytes>>> + 'h {
        let length = body.size_hint().exact();
        let body = RequestBody::new(body, self.patience);
        async move {
            if let Some(access) = &self.admin {
                return Box::pin(self.respond_as_admin(access, watch, head, body, length)).await;
            }
            let is_invited = head.headers.contains_key(header::EXPECT);
            if is_invited || length.is_none_or(|length| length > SMALL_BODY) {
                if let Some(refusal) = Box::pin(self.admit(&head, length)).await {
                    if !is_invited {
                        tokio::spawn(body.discard());
                    }
                    return Ok(refusal);
                }
            }
            let body = Box::pin(body.collect(MAX_BODY))
                .await
                .map_err(|error| io::Error::new(error.kind(), "the body was cut off, or took too long"))?;
            if let Some(observation) = observation {
                observation.served.request_bytes = body.len() as u64;
            }
            wait_for_response(watch, self.engine.handle(Request::from_parts(head, body))).await
        }
    }

    async fn admit(&self, head: &Parts, length: Option<u64>) -> Option<Response<Bytes>> {
        self.engine.admit(Request::from_parts(head.clone(), Bytes::new()), length).await
    }

    /// The same for a request of the admin API.
    async fn respond_as_admin(
        &self,
        access: &Access,
        watch: &Watch,
        head: Parts,
        body: RequestBody,
        length: Option<u64>,
    ) -> io::Result<Response<Bytes>> {
        let is_invited = head.headers.contains_key(header::EXPECT);
        let response = match access.admit(&Request::from_parts(head, ()), length) {
            Ok(Admitted::Call(call)) => {
                let body = body.collect(call.max_body()).await?;
                return wait_for_response(watch, self.engine.handle_admin(call.with_body(body))).await;
            }
            Ok(Admitted::Page(response)) => response,
            Err(refusal) => refusal.into_response(),
        };
        if !is_invited {
            tokio::spawn(body.discard());
        }
        Ok(response)
    }
}

/// Waits for the response to a request. A client that is gone takes no events.
async fn wait_for_response(watch: &Watch, mut pending: Pending) -> io::Result<Response<Bytes>> {
    let mut response = pin!(pending.response());
    let response = poll_fn(|context| match response.as_mut().poll(context) {
        Poll::Ready(response) => Poll::Ready(response.ok_or(FAILED)),
        Poll::Pending => watch.poll_gone(context).map(|()| Err(GONE)),
    })
    .await;
    response.map_err(|message| io::Error::new(io::ErrorKind::ConnectionAborted, message))
}

const FAILED: &str = "the request could not be handled, or the emulator has ended";
const GONE: &str = "the client closed its connection before the response";

/// HTTP/1.1 asks for one (RFC 9112, 3.2).
fn has_one_host(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => true,
        (None, None) => version < Version::HTTP_11,
        _ => false,
    }
}

/// The URI with the scheme it came by and the host it is for, as far as that is known.
fn whole_uri(uri: Uri, headers: &HeaderMap, scheme: Scheme) -> Uri {
    let host = headers.get(header::HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let (None, Some(host), Some(path)) = (uri.authority(), host, uri.path_and_query()) else { return uri };
    let whole = Uri::builder().scheme(scheme).authority(host).path_and_query(path.clone()).build();
    whole.unwrap_or(uri)
}
