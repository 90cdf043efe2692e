//! The transport: one request and its answer.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Buf, BufFull, Request, ResponseHead, SendAsyncTransport};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    USER_AGENT,
};
use hyper::http::uri::Scheme;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use tokio::time::{sleep, timeout};

use crate::connect::{Connector, Requests};
use crate::error::Cause;
use crate::proxy::Proxies;
use crate::service::AnyService;
use crate::{Builder, Error, RequestBody};

/// The most that is reserved because the answer's `Content-Length` says so: it is only a promise.
const RESERVED: u64 = 1 << 20;

/// The names that need not be read: those of most requests.
static USUAL_HEADERS: [HeaderName; 5] =
    [ACCEPT, USER_AGENT, HeaderName::from_static("x-ms-client-request-id"), CONTENT_TYPE, AUTHORIZATION];

/// For so many headers there is room at once: the usual ones, what HTTP needs, and a trace.
const ROOM: usize = 12;

/// Sends requests by hyper. A clone shares the connections.
///
/// It may be shared by any number of tasks, of the one tokio runtime that it is first used in. Dropping the future of a call
/// takes the request back as far as that can be: with HTTP/1.1 its connection is closed, with HTTP/2 its stream.
///
/// When the last clone is dropped, idle connections are closed at once, and those in use when their exchange ends.
#[derive(Debug, Clone)]
pub struct Hyper(Arc<Inner>);

struct Inner {
    bottom: Bottom,
    proxies: Proxies,
    timeouts: Timeouts,
}

/// What carries the requests.
pub(crate) enum Bottom {
    Pool { client: Box<legacy::Client<Connector, RequestBody>>, requests: Requests },
    Service(AnyService),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) response: Duration,
    pub(crate) body: Duration,
}

impl Hyper {
    /// A transport with the default options, and the proxies that the environment names.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with options of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new_with(bottom: Bottom, proxies: Proxies, timeouts: Timeouts) -> Self {
        Self(Arc::new(Inner { bottom, proxies, timeouts }))
    }

    /// The request as hyper takes it.
    fn prepare(&self, request: &Request<'_>) -> Result<hyper::Request<RequestBody>, Error> {
        let mut prepared = hyper::Request::new(RequestBody::new(Bytes::copy_from_slice(request.body())));
        *prepared.method_mut() = request.method().parse().map_err(Error::unsendable)?;
        *prepared.uri_mut() = request.url().parse().map_err(Error::unsendable)?;
        let credentials = self.credentials_for_proxy(prepared.uri());
        let headers = prepared.headers_mut();
        headers.reserve(ROOM);
        // hyper would leave out a port that is its scheme's own, and the length of an empty body.
        headers.insert(HOST, value(request.authority())?);
        if request.body().is_empty() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        for header in request.headers() {
            let mut value = value(header.value())?;
            value.set_sensitive(header.is_sensitive());
            headers.append(name(header.name())?, value);
        }
        if let Some(credentials) = credentials {
            headers.insert(PROXY_AUTHORIZATION, credentials);
        }
        Ok(prepared)
    }

    /// Sends the request and takes its answer.
    async fn carry(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Error> {
        let prepared = self.prepare(request)?;
        let Timeouts { response, body: body_timeout } = self.0.timeouts;
        let wait = response.saturating_add(request.hold());
        match &self.0.bottom {
            Bottom::Pool { client, requests } => {
                requests.begin();
                let (answer, connection) = exchange(client, prepared, wait).await?;
                let received = receive(answer, body_timeout, head, body).await;
                if received.is_err() || head.truncated() {
                    give_up(&connection);
                }
                received
            }
            Bottom::Service(service) => {
                let answer = timeout(wait, service.request(prepared)).await;
                let answer = answer.map_err(|_| Error::timeout())?.map_err(Error::from_exchange)?;
                receive(answer, body_timeout, head, body).await
            }
        }
    }

    /// What to tell a proxy that is handed the request itself. One that opens a tunnel is told when it does.
    fn credentials_for_proxy(&self, uri: &hyper::Uri) -> Option<HeaderValue> {
        if uri.scheme() != Some(&Scheme::HTTP) {
            return None;
        }
        self.0.proxies.on_the_way_to(uri).ok()??.basic_auth().cloned()
    }
}

fn name(text: &str) -> Result<HeaderName, Error> {
    match USUAL_HEADERS.iter().find(|name| name.as_str() == text) {
        Some(name) => Ok(name.clone()),
        None => HeaderName::from_bytes(text.as_bytes()).map_err(Error::unsendable),
    }
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(Error::unsendable)
}

impl Default for Hyper {
    fn default() -> Self {
        Self::new()
    }
}

impl SendAsyncTransport for Hyper {
    type Error = Error;

    async fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Error> {
        self.carry(request, head, body).await.map_err(|error| error.at(request))
    }
}

/// Sends the request and awaits the head of its answer; for that, `wait` begins when there is a connection.
async fn exchange(
    pool: &legacy::Client<Connector, RequestBody>,
    mut request: hyper::Request<RequestBody>,
    wait: Duration,
) -> Result<(hyper::Response<Incoming>, CaptureConnection), Error> {
    let mut connection = capture_connection(&mut request);
    let too_late = async {
        drop(connection.wait_for_connection_metadata().await);
        sleep(wait).await;
    };
    let answer = tokio::select! {
        biased;
        answer = pool.request(request) => answer.map_err(Error::from_exchange)?,
        () = too_late => return Err(Error::timeout()),
    };
    Ok((answer, connection))
}

/// Keeps a connection from being used again, whose answer was not read to its end. With HTTP/2, that is only the end of a
/// stream.
fn give_up(connection: &CaptureConnection) {
    if let Some(connection) = connection.connection_metadata().as_ref() {
        if !connection.is_negotiated_h2() {
            connection.poison();
        }
    }
}

/// Takes the answer's head and reads its body into the buffer.
async fn receive<B: Body<Data = Bytes, Error: Into<Cause>>>(
    answer: hyper::Response<B>,
    time: Duration,
    head: &mut ResponseHead<'_>,
    body: &mut Buf<'_>,
) -> Result<(), Error> {
    head.begin(answer.status().as_u16());
    for (name, value) in answer.headers() {
        head.header(name.as_str(), value.as_bytes());
    }
    let mut answer = pin!(answer.into_body());
    body.reserve(usize::try_from(answer.size_hint().lower().min(RESERVED)).unwrap_or(0));
    let reading = async {
        while let Some(frame) = answer.frame().await {
            if let Ok(piece) = frame.map_err(Error::from_exchange)?.into_data() {
                head.append(body, &piece).map_err(|BufFull| Error::too_large())?;
            }
            if head.truncated() {
                break;
            }
        }
        Ok(())
    };
    timeout(time, reading).await.map_err(|_| Error::timeout())?
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("proxies", &self.proxies)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
