//! Connections between calls: which one a request is sent on, and how long one is kept.
//!
//! An HTTP/1.1 connection is owned by the call that uses it, and by the pool between calls. The
//! number of connections has no limit, so no call waits for the connection of another. What happens
//! on a connection is in the module `connection`.

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
    /// How long an idle connection is kept.
    keep_alive: Duration,
    kept: Mutex<Kept>,
    #[cfg(feature = "http2")]
    http2: Http2,
}

#[derive(Default)]
struct Kept {
    /// The kept connections; the one that was used last is at the end. They are boxed because they
    /// are moved into the calls and back.
    #[allow(clippy::vec_box, reason = "a call takes the box, and brings it back")]
    connections: Vec<Box<Pooled>>,
    /// Whether a task runs that closes connections that were kept for too long.
    is_swept: bool,
    /// How often all connections were closed. A connection that was in use at that time is not kept
    /// afterwards.
    closings: u64,
}

/// A connection, and the origin that it leads to.
struct Pooled {
    /// Scheme, host and port, as in the beginning of a URL.
    origin: Box<str>,
    /// When the connection was last used.
    used: Instant,
    /// The value of [`Kept::closings`] when this connection was opened.
    closings: u64,
    connection: Connection,
}

/// A connection that was opened for a call.
enum Opened {
    Http1(Box<Pooled>),
    /// One that all calls share.
    #[cfg(feature = "http2")]
    Http2(http2::Sender),
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

    /// Sends the request and awaits the head of the response. If a kept connection ends before a
    /// byte of the request has left, the request is sent on another one.
    pub(crate) async fn send(
        &self,
        request: &Request<'_>,
        limits: Limits,
        report: &mut Report,
    ) -> Result<Exchange<'_>, Error> {
        #[cfg(feature = "http2")]
        let mut opened = None;
        loop {
            #[cfg(feature = "http2")]
            if let Some(exchange) = self.0.http2.send(opened.take(), request, limits, report).await? {
                return Ok(exchange);
            }
            let kept = self.take(origin(request));
            let is_new = kept.is_none();
            let mut pooled = match kept {
                Some(pooled) => pooled,
                // It is boxed, so that it takes no room in the future of a call that waits for
                // events.
                None => match Box::pin(self.open(request, limits)).await? {
                    Opened::Http1(pooled) => pooled,
                    #[cfg(feature = "http2")]
                    Opened::Http2(sender) => {
                        opened = Some(sender);
                        continue;
                    }
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

    /// Closes the connections that no call uses, and returns when they are closed. The others are
    /// closed when their responses are complete.
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

    /// Takes the kept connection to that origin that was used last and is still usable. Those that
    /// are not usable any more are closed.
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

    /// Keeps a connection for the next call, if another request can be sent on it.
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
        self.keep_swept(kept);
    }

    /// Starts the task that closes idle connections, unless it runs.
    fn keep_swept(&self, mut kept: MutexGuard<'_, Kept>) {
        if !std::mem::replace(&mut kept.is_swept, true) {
            drop(kept);
            sweeper::start(&self.0);
        }
    }

    /// Opens a connection.
    async fn open(&self, request: &Request<'_>, limits: Limits) -> Result<Opened, Error> {
        let uri = uri(request)?;
        let closings = self.0.lock().closings;
        let route = &self.0.route;
        let opening = route.open(uri, limits.connect);
        #[cfg(feature = "http2")]
        let stream = match self.0.http2.open(request, opening).await? {
            http2::Opened::Http1(stream) => stream,
            http2::Opened::Http2(sender) => {
                self.keep_swept(self.0.lock());
                return Ok(Opened::Http2(sender));
            }
        };
        #[cfg(not(feature = "http2"))]
        let stream = opening.await.map_err(Error::from_exchange)?;
        let connection = Connection::begin(stream).await?;
        Ok(Opened::Http1(Box::new(Pooled {
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

/// Closes the kept connections, since the last clone of the transport is gone.
impl Drop for Inner {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        for pooled in kept.connections.drain(..) {
            pooled.connection.close();
        }
    }
}

/// Scheme, host and port: the beginning of the request's URL.
fn origin<'r>(request: &Request<'r>) -> &'r str {
    let url = request.url();
    let scheme = if request.is_https() { "https://" } else { "http://" };
    url.get(..scheme.len() + request.authority().len()).unwrap_or(url)
}
