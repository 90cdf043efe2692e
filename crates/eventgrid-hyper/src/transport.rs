//! The transport: one request and its answer.

use std::fmt;
use std::sync::Arc;

use eventgrid::{Buf, BufFull, Request, ResponseHead, SendAsyncTransport};
use hyper::body::Bytes;
use hyper::header::HeaderMap;

use crate::connection::Limits;
use crate::pool::Pool;
use crate::proxy::Proxies;
use crate::service::AnyService;
use crate::{Builder, Error};

/// The most that is reserved because the response's `Content-Length` says so: it is only a promise.
const RESERVED: u64 = 1 << 20;

/// Sends requests by hyper. A clone shares the connections.
///
/// It may be shared by any number of tasks, of the one tokio runtime that it is first used in.
/// Dropping the future of a call takes the request back as far as that can be: with HTTP/1.1 its
/// connection is closed when `drop` returns, with HTTP/2 its stream is reset.
///
/// Between calls, connections are kept for some time. While there are such, a task looks at them
/// every ten seconds, or more often if they are kept for less, and closes those that were kept for
/// too long or that the service has closed. When the last clone is dropped, they are closed at
/// once.
#[derive(Debug, Clone)]
pub struct Hyper(Arc<Inner>);

struct Inner {
    bottom: Bottom,
    proxies: Proxies,
    limits: Limits,
}

/// What carries the requests.
pub(crate) enum Bottom {
    Pool(Pool),
    Service(AnyService),
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

    pub(crate) fn new_with(bottom: Bottom, proxies: Proxies, limits: Limits) -> Self {
        Self(Arc::new(Inner { bottom, proxies, limits }))
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
        match &self.0.bottom {
            Bottom::Pool(pool) => {
                let mut exchange = pool.send(request).await?;
                receive(&mut exchange, head, body).await?;
                if !head.truncated() {
                    exchange.finish();
                }
                Ok(())
            }
            Bottom::Service(service) => {
                let mut response = service.send(request, self.0.limits).await?;
                receive(&mut response, head, body).await
            }
        }
    }
}

/// A response whose body is still to be read.
pub(crate) trait Source {
    fn status(&self) -> u16;

    fn headers(&self) -> &HeaderMap;

    /// How many bytes the body has at least, as far as is known.
    fn least_length(&self) -> u64;

    /// The next piece of the body; `None` is its end.
    fn read(&mut self) -> impl Future<Output = Result<Option<Bytes>, Error>> + Send;
}

/// Takes the response's head and reads its body into the buffer.
async fn receive(
    response: &mut (impl Source + Send),
    head: &mut ResponseHead<'_>,
    body: &mut Buf<'_>,
) -> Result<(), Error> {
    head.begin(response.status());
    for (name, value) in response.headers() {
        head.header(name.as_str(), value.as_bytes());
    }
    body.reserve(usize::try_from(response.least_length().min(RESERVED)).unwrap_or(0));
    while let Some(piece) = response.read().await? {
        head.append(body, &piece).map_err(|BufFull| Error::too_large())?;
        if head.truncated() {
            break;
        }
    }
    Ok(())
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("proxies", &self.proxies)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
