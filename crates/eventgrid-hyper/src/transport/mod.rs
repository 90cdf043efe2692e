//! The transport: its options, and one request and its response.
//!
//! What carries a request is `pool`'s, or `service`'s if the program brought one.

mod builder;

pub use builder::HyperBuilder;

use std::fmt;
use std::sync::Arc;

use eventgrid::{AsyncOpen, AsyncReadBody, Limits, Request, Response, SendAsyncTransport};
use hyper::body::Bytes;
use hyper::header::CONTENT_ENCODING;
use tokio::time::Instant;

use crate::connection::{self, Report, Source};
use crate::error::Error;
use crate::pool::{Exchange, Pool};
use crate::proxy::Proxies;
use crate::service::{AnyService, ServiceResponse};

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
    carrier: Carrier,
    proxies: Proxies,
    limits: Limits,
}

/// What carries the requests.
pub(crate) enum Carrier {
    Pool(Pool),
    Service(AnyService),
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

    pub(crate) fn new_with(carrier: Carrier, proxies: Proxies, limits: Limits) -> Self {
        Self(Arc::new(Inner { carrier, proxies, limits }))
    }
}

impl Default for Hyper {
    fn default() -> Self {
        Self::new()
    }
}

impl Hyper {
    /// Sends the request and takes the head of its response.
    async fn begin(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<Reading<'_>, Error> {
        let now = Instant::now();
        let limits = connection::Limits::of(request, self.0.limits, now);
        let mut report = Report::new(now);
        let begun = match &self.0.carrier {
            Carrier::Pool(pool) => pool.send(request, limits, &mut report).await.map(Reading::Exchange),
            Carrier::Service(service) => {
                service.send(request, limits, &mut report).await.map(Reading::Service)
            }
        };
        report.show(response);
        let reading = begun.map_err(|error| error.at(request))?;
        let shown = match &reading {
            Reading::Exchange(exchange) => show_head(exchange, response),
            Reading::Service(service) => show_head(service, response),
        };
        shown.map_err(|error| error.at(request))?;
        Ok(reading)
    }
}

impl SendAsyncTransport for Hyper {
    type Error = Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        let received = match self.begin(request, response).await? {
            Reading::Exchange(mut exchange) => {
                let received = receive(&mut exchange, response).await;
                if received.is_ok() && !response.is_full() {
                    exchange.finish();
                }
                received
            }
            Reading::Service(mut service) => receive(&mut service, response).await,
        };
        received.map_err(|error| error.at(request))
    }

    /// Closes the connections that no call uses. Those in use are closed when their response is
    /// complete.
    async fn close(&self) {
        if let Carrier::Pool(pool) = &self.0.carrier {
            pool.close();
        }
    }
}

impl AsyncOpen for Hyper {
    type Body<'t> = ResponseBody<'t>;

    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ResponseBody<'_>, Error> {
        Ok(ResponseBody { reading: Some(self.begin(request, response).await?), piece: Bytes::new() })
    }
}

/// A response whose body comes in.
enum Reading<'t> {
    Exchange(Exchange<'t>),
    Service(ServiceResponse),
}

/// The body of a response that is still coming in. Dropped before its end, it closes the
/// connection.
pub struct ResponseBody<'t> {
    /// `None` at the end.
    reading: Option<Reading<'t>>,
    /// What came, and was not read yet.
    piece: Bytes,
}

impl AsyncReadBody for ResponseBody<'_> {
    type Error = Error;

    async fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        while self.piece.is_empty() {
            let next = match &mut self.reading {
                None => return Ok(0),
                Some(_) if room.is_empty() => return Ok(0),
                Some(Reading::Exchange(exchange)) => exchange.read().await?,
                Some(Reading::Service(service)) => service.read().await?,
            };
            match (next, &mut self.reading) {
                (Some(piece), _) => self.piece = piece,
                (None, reading) => {
                    if let Some(Reading::Exchange(exchange)) = reading.take() {
                        exchange.finish();
                    }
                }
            }
        }
        let piece = self.piece.split_to(room.len().min(self.piece.len()));
        room[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

impl fmt::Debug for ResponseBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("is_ended", &self.reading.is_none()).finish_non_exhaustive()
    }
}

/// Shows the head of a response.
fn show_head(source: &impl Source, response: &mut Response<'_>) -> Result<(), Error> {
    response.begin(source.status());
    let mut coding = None;
    for (name, value) in source.headers() {
        if name == CONTENT_ENCODING {
            coding.get_or_insert(value);
        }
        response.header(name.as_str(), value.as_bytes());
    }
    response.expect(source.least_length());
    match coding {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Error::encoded(coding.as_bytes()))
        }
        _ => Ok(()),
    }
}

/// Reads the body of a response.
async fn receive(source: &mut (impl Source + Send), response: &mut Response<'_>) -> Result<(), Error> {
    while !response.is_full() {
        let Some(piece) = source.read().await? else { break };
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
