//! A connection of HTTP/1.1, and one exchange on it.
//!
//! **The connection is driven by the call that uses it.** There is no task that reads and writes
//! for it: the future of the call owns it, so dropping that future closes the socket. What keeps
//! connections between calls is the room `pool`.

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

/// How many targets a connection remembers: as many as a consumer uses in turn.
const TARGETS: usize = 4;

/// An open connection of HTTP/1.1.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// `None` when the connection has ended.
    driver: Option<http1::Connection<Stream, Full<Bytes>>>,
    meter: Arc<Meter>,
    /// By which the operating system is asked whether the connection has ended, where that is
    /// possible.
    check: Option<Check>,
    is_to_proxy: bool,
    /// Whether the task of a call would be woken by the connection.
    wakes: bool,
    timer: Timer,
    scratch: Scratch,
    targets: Vec<(String, Target)>,
}

impl Connection {
    /// Begins HTTP on a connection. Nothing is sent yet.
    pub(crate) async fn begin(stream: Stream) -> Result<Self, Error> {
        let (meter, check, is_to_proxy) = (stream.meter(), stream.check(), stream.is_to_proxy());
        let (sender, driver) = http1::Builder::new()
            // RFC 9112, 5.2: a folded line is one header.
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

    /// Whether the next request may be sent on it: the one before is complete, and neither side has
    /// closed it.
    pub(crate) fn is_usable(&mut self) -> bool {
        if let Some(check) = &self.check {
            check.ask();
        }
        self.poll_driver_unwoken();
        self.is_ready()
    }

    /// Leaves the connection such that it wakes nobody; returns whether it is ready for another
    /// request.
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

    /// Closes it in good order, as far as that can be done at once: TLS says farewell.
    pub(crate) fn close(self) {
        let Self { sender, driver, .. } = self;
        drop(sender);
        if let Some(mut driver) = driver {
            let _ = Pin::new(&mut driver).poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    /// The request as this connection takes it.
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

    /// Sends the request and awaits the head of the response, whose body is still to be read. Where
    /// no byte of the request has left, the error says so.
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
                // Without a response, what was read last may have been the end of the connection.
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

    /// Reads the next piece of the body; `None` is its end.
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

    /// Takes back what can be used for the next request.
    pub(crate) fn recycle(&mut self, headers: HeaderMap) {
        self.scratch.recycle(headers);
    }

    /// Does whatever can be done now. A task that is woken while it runs runs once more for
    /// nothing, and hyper wakes whoever has polled the connection when its request or a piece of
    /// its body is passed on. So the connection is polled like this where something may come of it,
    /// and with the waker of the task only before that returns `Pending`.
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
            // Its error is also that of the response or of its body, unless no request was under
            // way.
            if Pin::new(driver).poll(context).is_ready() {
                self.driver = None;
            }
        }
    }
}

fn unwoken() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// The next piece of a body, if it is there: its trailers are passed over.
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
