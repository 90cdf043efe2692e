//! An HTTP/1.1 connection, and one exchange on it.
//!
//! **The call that uses a connection also polls it.** No other task reads and writes on it: the
//! future of the call owns the connection, so dropping that future closes the socket. Connections
//! are kept between calls by the module `pool`.

mod message;
mod progress;

pub(crate) use message::{Scratch, Target, uri};
pub(crate) use progress::{Limits, Moved, Progress, Report, Timer};

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use eventgrid::Request;
use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::http::uri::PathAndQuery;
use hyper::{Response, Uri};

use crate::connect::{Check, Meter, Stream};
use crate::error::Error;
use crate::proxy::Proxies;

/// How many targets a connection remembers: the four operations of a consumer take turns on it.
const TARGETS: usize = 4;

/// An open HTTP/1.1 connection.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// `None` when the connection has ended.
    driver: Option<http1::Connection<Stream, Full<Bytes>>>,
    meter: Arc<Meter>,
    /// Asks the operating system whether the connection has ended. `None` where that is not
    /// possible.
    check: Option<Check>,
    is_to_proxy: bool,
    /// Whether the connection may still wake the task of a call.
    wakes: bool,
    timer: Timer,
    scratch: Scratch,
    targets: Vec<(String, Target)>,
}

impl Connection {
    /// Sets up HTTP on a connection. No byte is sent yet.
    pub(crate) async fn begin(stream: Stream) -> Result<Self, Error> {
        let (meter, check, is_to_proxy) = (stream.meter(), stream.check(), stream.is_to_proxy());
        let (sender, driver) = http1::Builder::new()
            // RFC 9112, 5.2: a folded line is a part of its header.
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(stream)
            .await
            .map_err(|error| Error::from_exchange(error).unsent())?;
        Ok(Self {
            sender,
            driver: Some(driver),
            meter,
            check,
            is_to_proxy,
            wakes: false,
            timer: Timer::default(),
            scratch: Scratch::default(),
            targets: Vec::new(),
        })
    }

    /// Whether the next request can be sent on the connection: the exchange before is complete, and
    /// neither side has closed it.
    pub(crate) fn is_usable(&mut self) -> bool {
        if let Some(check) = &self.check {
            check.ask();
        }
        self.poll_driver_unwoken();
        self.is_ready()
    }

    /// Makes sure that the connection wakes no task any more. Returns whether it is ready for
    /// another request.
    pub(crate) fn rest(&mut self) -> bool {
        self.poll_driver_unwoken();
        self.timer.rest();
        self.is_ready()
    }

    fn is_ready(&self) -> bool {
        self.driver.is_some() && self.sender.is_ready()
    }

    /// The same as [`rest`](Self::rest), right after an exchange.
    pub(crate) fn rest_after_exchange(&mut self) -> bool {
        if self.wakes || !self.sender.is_ready() {
            return self.rest();
        }
        self.timer.rest();
        self.driver.is_some()
    }

    /// Closes the connection cleanly, as far as that needs no waiting: TLS sends its closing alert.
    pub(crate) fn close(self) {
        let Self { sender, driver, .. } = self;
        drop(sender);
        if let Some(mut driver) = driver {
            let _ = Pin::new(&mut driver).poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    /// The request in the form that this connection takes.
    pub(crate) fn prepare(
        &mut self,
        request: &Request<'_>,
        proxies: &Proxies,
    ) -> Result<hyper::Request<Full<Bytes>>, Error> {
        let url = request.url();
        let known = self.targets.iter().position(|(known, _)| known == url);
        let index = if let Some(index) = known {
            index
        } else {
            let target = self.target(request, proxies)?;
            self.targets.truncate(TARGETS - 1);
            self.targets.insert(0, (url.to_owned(), target));
            0
        };
        Ok(self.scratch.prepare(request, &self.targets[index].1)?.map(Full::new))
    }

    fn target(&self, request: &Request<'_>, proxies: &Proxies) -> Result<Target, Error> {
        let uri = uri(request)?;
        if self.is_to_proxy {
            let proxy = proxies.on_the_way_to(&uri);
            let proxy_authorization = proxy.ok().flatten().and_then(|proxy| proxy.basic_auth().cloned());
            return Ok(Target { proxy_authorization, ..Target::new(request, uri)? });
        }
        let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        Target::new(request, Uri::from(path))
    }

    /// Sends the request and awaits the head of the response. The body must still be read. The
    /// error says whether a byte of the request may have left.
    pub(crate) async fn send(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
        limits: Limits,
        report: &mut Report,
    ) -> Result<(Response<Incoming>, Progress), Error> {
        let start = self.meter.written();
        self.meter.await_first_byte();
        let mut progress = Progress::sending(limits);
        let mut response = pin!(self.sender.try_send_request(request));
        let mut is_new = true;
        let sent = poll_fn(|context| {
            if !is_new {
                self.poll_driver_unwoken();
                if let Poll::Ready(sent) = response.as_mut().poll(&mut unwoken()) {
                    return Poll::Ready(Some(sent));
                }
            }
            is_new = false;
            self.poll_driver(context);
            if let Poll::Ready(sent) = response.as_mut().poll(&mut unwoken()) {
                return Poll::Ready(Some(sent));
            }
            let moved = Moved {
                moves: self.meter.moves(),
                bytes: self.meter.written() - start,
                is_sent: self.meter.has_sent_all_since(start),
            };
            progress.poll_too_late(moved, &mut self.timer, context).map(|()| None)
        })
        .await;
        report.sent = self.meter.written() - start;
        let error = match sent {
            Some(Ok(response)) => {
                // If there is no response, the last read may have seen the end of the connection,
                // which is not a first byte.
                report.set_first_byte(self.meter.first_byte());
                report.has_begun();
                progress.read_body();
                return Ok((response, progress));
            }
            Some(Err(error)) => Error::from_exchange(error.into_error()),
            None => Error::timeout(),
        };
        Err(if self.meter.may_have_sent_since(start) { error } else { error.unsent() })
    }

    /// Reads the next piece of the body; `None` at its end.
    pub(crate) async fn read(
        &mut self,
        body: &mut Incoming,
        bytes: u64,
        progress: &mut Progress,
    ) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| {
            if let Poll::Ready(piece) = poll_piece(body) {
                return Poll::Ready(piece);
            }
            self.poll_driver_unwoken();
            if let Poll::Ready(piece) = poll_piece(body) {
                return Poll::Ready(piece);
            }
            self.poll_driver(context);
            if let Poll::Ready(piece) = poll_piece(body) {
                return Poll::Ready(piece);
            }
            let moved = Moved { moves: self.meter.moves(), bytes, is_sent: true };
            progress.poll_too_late(moved, &mut self.timer, context).map(|()| Err(Error::timeout()))
        })
        .await
    }

    /// Takes back the map of headers, to use it for the next request.
    pub(crate) fn recycle(&mut self, headers: HeaderMap) {
        self.scratch.recycle(headers);
    }

    /// Makes the progress that is possible now, without registering a waker. hyper wakes the task
    /// that has polled the connection whenever a request or a piece of a body is passed on, and a
    /// task that is woken while it runs is run once more for nothing. So the connection is polled
    /// by this function while there is progress, and with the task's waker only right before the
    /// task returns `Pending`.
    fn poll_driver_unwoken(&mut self) {
        self.wakes = false;
        self.poll(&mut unwoken());
    }

    fn poll_driver(&mut self, context: &mut Context<'_>) {
        self.wakes = true;
        self.poll(context);
    }

    fn poll(&mut self, context: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver {
            // The same error is returned for the response or its body, if a request was under way.
            if Pin::new(driver).poll(context).is_ready() {
                self.driver = None;
            }
        }
    }
}

fn unwoken() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// The next piece of a body, if it has come. Trailers are ignored.
fn poll_piece(body: &mut Incoming) -> Poll<Result<Option<Bytes>, Error>> {
    loop {
        match Pin::new(&mut *body).poll_frame(&mut unwoken()) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(Ok(None)),
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(Error::from_exchange(error))),
            Poll::Ready(Some(Ok(frame))) => {
                if let Ok(piece) = frame.into_data() {
                    return Poll::Ready(Ok(Some(piece)));
                }
            }
        }
    }
}
