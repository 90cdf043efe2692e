//! The transport: one request and its answer.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use eventgrid::{Buf, BufFull, Request, ResponseHead, SendAsyncTransport};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::http::uri::Scheme;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use tokio::time::{sleep, timeout};

use crate::connect::Connector;
use crate::error::Cause;
use crate::proxy::Proxies;
use crate::service::AnyService;
use crate::{Builder, Error, RequestBody};

/// The most that is reserved because the answer's `Content-Length` says so: it is only a promise.
const RESERVED: u64 = 1 << 20;

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
    Pool(Box<legacy::Client<Connector, RequestBody>>),
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
        let mut prepared = hyper::Request::builder().method(request.method()).uri(request.url());
        // hyper would leave out a port that is its scheme's own, and the length of an empty body.
        prepared = prepared.header(HOST, request.authority()).header(CONTENT_LENGTH, request.body().len());
        for header in request.headers() {
            let mut value = HeaderValue::from_str(header.value()).map_err(Error::unsendable)?;
            value.set_sensitive(header.is_sensitive());
            prepared = prepared.header(header.name(), value);
        }
        let body = RequestBody::new(Bytes::copy_from_slice(request.body()));
        let mut prepared = prepared.body(body).map_err(Error::unsendable)?;
        if let Some(credentials) = self.credentials_for_proxy(prepared.uri()) {
            prepared.headers_mut().insert(PROXY_AUTHORIZATION, credentials);
        }
        Ok(prepared)
    }

    /// What to tell a proxy that is handed the request itself. One that opens a tunnel is told when it does.
    fn credentials_for_proxy(&self, uri: &hyper::Uri) -> Option<HeaderValue> {
        if uri.scheme() != Some(&Scheme::HTTP) {
            return None;
        }
        self.0.proxies.on_the_way_to(uri)?.basic_auth().cloned()
    }
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
        let prepared = self.prepare(request)?;
        let Timeouts { response, body: body_timeout } = self.0.timeouts;
        let wait = response.saturating_add(request.hold());
        match &self.0.bottom {
            Bottom::Pool(pool) => {
                let (answer, connection) = exchange(pool, prepared, wait).await?;
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
