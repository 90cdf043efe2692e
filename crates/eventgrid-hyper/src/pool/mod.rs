//! Connections between calls: which one a request is sent on, and how long one is kept.
//!
//! A connection of HTTP/1.1 belongs to the call that uses it, and to the pool between calls. There
//! is no limit to how many there are, so no call waits for another's. What happens on a connection
//! is the room `connection`.

mod exchange;
#[cfg(feature = "http2")]
mod http2;
mod sweeper;

pub(crate) use exchange::Exchange;
#[cfg(feature = "http2")]
pub(crate) use http2::Http2;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventgrid::{Request, TransportError};
use tokio::time::Instant;

use crate::connect::Route;
use crate::connection::{Connection, Limits, Report, uri};
use crate::error::Error;

/// The connections of a transport.
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    route: Route,
    /// How long a connection is kept that nothing is sent on.
    keep_alive: Duration,
    kept: Mutex<Kept>,
    #[cfg(feature = "http2")]
    http2: Http2,
}

#[derive(Default)]
struct Kept {
    /// Those that were used last are at the end. They are boxed since calls own them in turn.
    #[allow(clippy::vec_box, reason = "a call takes the box, and brings it back")]
    connections: Vec<Box<Pooled>>,
    /// Whether there is a task that closes those that are kept for too long.
    is_swept: bool,
    /// How often all were closed. A connection that is in use meanwhile is not kept.
    closings: u64,
}

/// A connection, and whom it is open to.
struct Pooled {
    /// Scheme, host and port, as URLs begin.
    origin: Box<str>,
    /// When it was used last.
    used: Instant,
    /// How often all connections had been closed when it was opened.
    closings: u64,
    connection: Connection,
}

impl Pool {
    pub(crate) fn new(route: Route, keep_alive: Duration, #[cfg(feature = "http2")] http2: Http2) -> Self {
        Self(Arc::new(Inner {
            route,
            keep_alive,
            kept: Mutex::default(),
            #[cfg(feature = "http2")]
            http2,
        }))
    }

    /// Sends the request and awaits the head of the response. A kept connection that ends before a
    /// byte of the request has left is replaced by another one.
    pub(crate) async fn send(
        &self,
        request: &Request<'_>,
        limits: Limits,
        report: &mut Report,
    ) -> Result<Exchange<'_>, Error> {
        loop {
            #[cfg(feature = "http2")]
            if let Some(exchange) = self.0.http2.send(request, limits, report).await? {
                return Ok(exchange);
            }
            let kept = self.take(origin(request));
            let is_new = kept.is_none();
            let mut pooled = match kept {
                Some(pooled) => pooled,
                // Boxed, so that a call that waits for events has no room for it.
                None => match Box::pin(self.open(request, limits)).await? {
                    Some(pooled) => pooled,
                    // It is one of HTTP/2, which was put where all calls find it.
                    None => continue,
                },
            };
            let message = match pooled.connection.prepare(request, &self.0.route.proxies) {
                Ok(message) => message,
                Err(error) => {
                    self.put_back(pooled);
                    return Err(error);
                }
            };
            match pooled.connection.send(message, limits, report).await {
                Ok((response, progress)) => return Ok(Exchange::http1(self, pooled, response, progress)),
                Err(error) if is_new || error.may_have_been_sent() || error.is_timeout() => {
                    return Err(error);
                }
                Err(_) => {}
            }
        }
    }

    /// Closes the connections that no call uses, and the others when their responses are complete.
    /// Returns when the former are closed.
    #[cfg_attr(not(feature = "http2"), allow(clippy::unused_async, reason = "with HTTP/2 it waits"))]
    pub(crate) async fn close(&self) {
        let connections = {
            let mut kept = self.0.lock();
            kept.closings += 1;
            std::mem::take(&mut kept.connections)
        };
        for pooled in connections {
            pooled.connection.close();
        }
        #[cfg(feature = "http2")]
        self.0.http2.close().await;
    }

    /// The kept connection that was used last, if one is still usable; those that are not are
    /// closed.
    fn take(&self, origin: &str) -> Option<Box<Pooled>> {
        let now = Instant::now();
        loop {
            let mut pooled = {
                let kept = &mut self.0.lock().connections;
                let index = kept.iter().rposition(|pooled| &*pooled.origin == origin)?;
                kept.remove(index)
            };
            if pooled.is_usable(now, self.0.keep_alive) {
                return Some(pooled);
            }
            pooled.connection.close();
        }
    }

    /// Keeps a connection for the next call, if it takes another request.
    fn put_back(&self, mut pooled: Box<Pooled>) {
        if !pooled.connection.rest_after_exchange() {
            pooled.connection.close();
            return;
        }
        pooled.used = Instant::now();
        let mut kept = self.0.lock();
        if pooled.closings != kept.closings {
            drop(kept);
            pooled.connection.close();
            return;
        }
        kept.connections.push(pooled);
        if !kept.is_swept {
            kept.is_swept = true;
            drop(kept);
            sweeper::start(&self.0);
        }
    }

    /// Opens a connection; `None` if that is one that calls share.
    async fn open(&self, request: &Request<'_>, limits: Limits) -> Result<Option<Box<Pooled>>, Error> {
        let uri = uri(request)?;
        let closings = self.0.lock().closings;
        let route = &self.0.route;
        let opening = route.open(uri, limits.connect);
        #[cfg(feature = "http2")]
        let Some(stream) = self.0.http2.open(request, opening).await? else { return Ok(None) };
        #[cfg(not(feature = "http2"))]
        let stream = opening.await.map_err(Error::from_exchange)?;
        let connection = Connection::begin(stream).await?;
        Ok(Some(Box::new(Pooled {
            origin: origin(request).into(),
            used: Instant::now(),
            closings,
            connection,
        })))
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pooled {
    fn is_usable(&mut self, now: Instant, keep_alive: Duration) -> bool {
        now.saturating_duration_since(self.used) < keep_alive && self.connection.is_usable()
    }
}

/// Those who kept a connection are gone.
impl Drop for Inner {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        for pooled in kept.connections.drain(..) {
            pooled.connection.close();
        }
    }
}

/// Scheme, host and port, as the URL of the request begins.
fn origin<'r>(request: &Request<'r>) -> &'r str {
    let url = request.url();
    let scheme = if request.is_https() { "https://" } else { "http://" };
    url.get(..scheme.len() + request.authority().len()).unwrap_or(url)
}
