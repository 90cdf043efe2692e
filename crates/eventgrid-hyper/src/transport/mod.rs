//! The transport: its options, and one request and its response.
//!
//! Connections are in the module `pool`.

mod builder;

pub use builder::HyperBuilder;

use std::fmt;
use std::sync::Arc;

use eventgrid::{AsyncOpen, AsyncReadBody, Limits, Request, Response, SendAsyncTransport};
use eventgrid_transport::http1::Head;
use hyper::body::Bytes;
use tokio::time::Instant;

use crate::connection::{self, Report};
use crate::error::Error;
use crate::pool::{Exchange, Pool};
use crate::proxy::Proxies;

/// A transport that sends requests by hyper. Clones share the connections.
///
/// Any number of tasks can share it, as long as they run in the tokio runtime in which it is first
/// used. Dropping the future of a call cancels the request: with HTTP/1.1 its connection is closed
/// when `drop` returns, with HTTP/2 its stream is reset. The service may have acted on the request
/// before that.
///
/// Connections are kept between calls, see [`HyperBuilder::keep_alive`]. While there are idle ones,
/// a task checks them every ten seconds, or more often if the keep-alive time is shorter. It closes
/// those that were kept for too long or that the service has closed. When the last clone of the
/// transport is dropped, all idle connections are closed at once.
#[derive(Debug, Clone)]
pub struct Hyper(Arc<Inner>);

struct Inner {
    pool: Pool,
    proxies: Proxies,
    limits: Limits,
}

impl Hyper {
    /// A transport with the default options, and the proxies that the environment names.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with options of your own.
    pub fn builder() -> HyperBuilder {
        HyperBuilder::default()
    }

    pub(crate) fn new_with(pool: Pool, proxies: Proxies, limits: Limits) -> Self {
        Self(Arc::new(Inner { pool, proxies, limits }))
    }
}

impl Default for Hyper {
    fn default() -> Self {
        Self::new()
    }
}

impl Hyper {
    /// Sends the request and passes on the head of its response.
    async fn begin(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<Exchange<'_>, Error> {
        let now = Instant::now();
        let limits = connection::Limits::of(request, self.0.limits, now);
        let mut report = Report::new(now);
        let begun = self.0.pool.send(request, limits, &mut report).await;
        report.show(response);
        let exchange = begun.map_err(|error| error.at(request))?;
        show_head(request, &exchange, response).map_err(|error| error.at(request))?;
        Ok(exchange)
    }
}

impl SendAsyncTransport for Hyper {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        let mut exchange = self.begin(request, response).await?;
        receive(&mut exchange, response).await.map_err(|error| error.at(request))?;
        if !response.is_full() {
            exchange.finish();
        }
        Ok(())
    }

    /// Closes the connections that no call uses, and returns when they are closed. With HTTP/2 it
    /// waits for that for a second at most. Connections in use are closed when their response is
    /// complete. This also closes the connections of clones, which share them. A later call opens a
    /// new connection.
    async fn close(&self) {
        self.0.pool.close().await;
    }
}

impl AsyncOpen for Hyper {
    type Body<'t> = ResponseBody<'t>;

    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ResponseBody<'_>, Error> {
        Ok(ResponseBody { exchange: Some(self.begin(request, response).await?), piece: Bytes::new() })
    }
}

/// The body of a response that is still coming in. If it is dropped before its end was read, its
/// connection is closed.
pub struct ResponseBody<'t> {
    /// `None` at the end.
    exchange: Option<Exchange<'t>>,
    /// Bytes that have come, but were not read yet.
    piece: Bytes,
}

impl AsyncReadBody for ResponseBody<'_> {
    type Error = Error;

    async fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        while self.piece.is_empty() {
            let Some(exchange) = &mut self.exchange else { return Ok(0) };
            if room.is_empty() {
                return Ok(0);
            }
            match exchange.read().await? {
                Some(piece) => self.piece = piece,
                None => self.exchange.take().into_iter().for_each(Exchange::finish),
            }
        }
        let piece = self.piece.split_to(room.len().min(self.piece.len()));
        room[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

impl fmt::Debug for ResponseBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("is_ended", &self.exchange.is_none()).finish_non_exhaustive()
    }
}

/// Passes the head of a response to `response`, and checks that its body can be read.
fn show_head(
    request: &Request<'_>,
    exchange: &Exchange<'_>,
    response: &mut Response<'_>,
) -> Result<(), Error> {
    response.begin(exchange.status());
    let headers = || exchange.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    headers().for_each(|(name, value)| response.header(name, value));
    response.expect(exchange.least_length());
    // hyper itself refuses chunks in HTTP/1.0.
    Head::of(request, exchange.status(), false, headers()).map_err(Error::unreadable)?;
    Ok(())
}

/// Reads the body of a response into `response`.
async fn receive(exchange: &mut Exchange<'_>, response: &mut Response<'_>) -> Result<(), Error> {
    while !response.is_full() {
        let Some(piece) = exchange.read().await? else { break };
        response.write(&piece);
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
