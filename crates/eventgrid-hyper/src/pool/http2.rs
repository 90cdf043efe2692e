//! HTTP/2 connections, which calls share. Each is polled by a task of its own.

use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use eventgrid::Request;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::exchange::Exchange;
use super::origin;
use crate::connect::Stream as Transport;
use crate::connection::{Limits, Moved, Progress, Report, Scratch, Target, Timer, uri};
use crate::error::{BeforeSending, Error};

/// How often a ping checks whether a connection still works. All calls share it, so a dead one must
/// be noticed soon.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long `close` waits until a connection is closed cleanly. After that the connection's task
/// goes on closing it on its own.
const CLOSING: Duration = Duration::from_secs(1);

/// How many bytes of a request's body are passed to hyper at a time.
const PIECE: usize = 16 << 10;

/// The HTTP/2 connections, one for each origin that speaks it.
pub(crate) struct Http2 {
    is_offered: bool,
    keep_alive: Duration,
    origins: Mutex<Vec<Origin>>,
}

struct Origin {
    name: Box<str>,
    /// Locked by the call that opens a connection, until the protocol of the connection is known.
    /// Other calls wait for it.
    opening: Arc<AsyncMutex<()>>,
    spoken: Spoken,
}

enum Spoken {
    Unknown,
    Http1,
    Http2(Connection),
}

/// A connection that calls share.
struct Connection {
    sender: Sender,
    /// The task that polls the connection. It ends when the connection does.
    driver: JoinHandle<()>,
}

/// What the service speaks on a connection that was opened.
pub(super) enum Opened {
    Http1(Transport),
    Http2(Sender),
}

/// A sender of a connection. As long as there is one, the connection does not end.
#[derive(Clone)]
pub(super) struct Sender {
    requests: SendRequest<Pieces>,
    /// When a call last ended. Cloned by all calls that use the connection, to count them.
    used: Arc<Mutex<Instant>>,
}

impl Sender {
    fn new(requests: SendRequest<Pieces>) -> Self {
        Self { requests, used: Arc::new(Mutex::new(Instant::now())) }
    }

    /// Whether no call uses the connection. To be asked of the sender that is kept.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.used) == 1
    }

    /// Whether the connection can be used no more, or was idle for too long.
    fn is_over(&self, now: Instant, keep_alive: Duration) -> bool {
        // Asked before the moment is read: a call that ends in between sets it.
        let is_idle = self.is_idle();
        let used = *self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.requests.is_closed() || (is_idle && now.saturating_duration_since(used) >= keep_alive)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Http2 {
    /// A value without connections. `keep_alive` is how long an idle connection is kept.
    pub(crate) fn new(is_offered: bool, keep_alive: Duration) -> Self {
        Self { is_offered, keep_alive, origins: Mutex::default() }
    }

    /// Sends the request on the connection that was opened for it, or else on that of its origin,
    /// if there is one, and awaits the head of the response.
    pub(super) async fn send<'p>(
        &self,
        opened: Option<Sender>,
        request: &Request<'_>,
        limits: Limits,
        report: &mut Report,
    ) -> Result<Option<Exchange<'p>>, Error> {
        if !self.is_offered || !request.is_https() {
            return Ok(None);
        }
        let target = Target::new(request, uri(request)?)?;
        let mut next = opened.or_else(|| self.sender(origin(request)));
        while let Some(sender) = next {
            let message = Scratch::default().prepare(request, &target)?;
            if let Some(exchange) = exchange(sender, message, limits, report).await? {
                return Ok(Some(exchange));
            }
            self.set(origin(request), Spoken::Unknown);
            next = self.sender(origin(request));
        }
        Ok(None)
    }

    /// Awaits `opening`, unless another call has opened a connection to that origin meanwhile. An
    /// HTTP/2 connection is kept for all calls.
    pub(super) async fn open(
        &self,
        request: &Request<'_>,
        opening: impl Future<Output = Result<Transport, BeforeSending>>,
    ) -> Result<Opened, Error> {
        if !self.is_offered || !request.is_https() {
            return Ok(Opened::Http1(opening.await.map_err(Error::from_exchange)?));
        }
        let turn = self.turn(origin(request)).await;
        if let Some(sender) = self.sender(origin(request)) {
            return Ok(Opened::Http2(sender));
        }
        let transport = opening.await.map_err(Error::from_exchange)?;
        if !transport.speaks_http2() {
            self.set(origin(request), Spoken::Http1);
            return Ok(Opened::Http1(transport));
        }
        let mut builder = Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE);
        let begun = builder.handshake(transport).await;
        let (sender, driver) = begun.map_err(|error| Error::from_exchange(error).unsent())?;
        // Each call on the connection gets the same error.
        let driver = tokio::spawn(async { drop(driver.await) });
        let sender = Sender::new(sender);
        let opened = Opened::Http2(sender.clone());
        self.set(origin(request), Spoken::Http2(Connection { sender, driver }));
        drop(turn);
        Ok(opened)
    }

    /// Waits until this call may open a connection to that origin. If the origin speaks HTTP/1.1,
    /// all calls may do so at the same time.
    async fn turn(&self, name: &str) -> Option<OwnedMutexGuard<()>> {
        let opening = {
            let mut origins = self.lock();
            let index = origins.iter().position(|origin| &*origin.name == name);
            let index = index.unwrap_or_else(|| {
                origins.push(Origin { name: name.into(), opening: Arc::default(), spoken: Spoken::Unknown });
                origins.len() - 1
            });
            if matches!(origins[index].spoken, Spoken::Http1) {
                return None;
            }
            Arc::clone(&origins[index].opening)
        };
        Some(opening.lock_owned().await)
    }

    /// A sender of the connection to that origin. `None` if there is no connection, or if it was
    /// idle for too long.
    fn sender(&self, name: &str) -> Option<Sender> {
        self.sweep(Instant::now());
        let origins = self.lock();
        let origin = origins.iter().find(|origin| &*origin.name == name)?;
        let Spoken::Http2(Connection { sender, .. }) = &origin.spoken else { return None };
        Some(sender.clone())
    }

    /// Drops the senders of connections that were idle for too long or have ended. A connection
    /// ends when the last sender of it is dropped. Returns whether there are others.
    pub(super) fn sweep(&self, now: Instant) -> bool {
        let mut are_left = false;
        for origin in self.lock().iter_mut() {
            if let Spoken::Http2(Connection { sender, .. }) = &origin.spoken {
                if sender.is_over(now, self.keep_alive) {
                    origin.spoken = Spoken::Unknown;
                } else {
                    are_left = true;
                }
            }
        }
        are_left
    }

    /// Drops the senders of all connections, so that each connection ends when no call uses it any
    /// more. Returns when those that no call uses have ended.
    pub(super) async fn close(&self) {
        let unused: Vec<_> = self.lock().iter_mut().filter_map(Origin::let_go).collect();
        let end = Instant::now() + CLOSING;
        for driver in unused {
            if timeout_at(end, driver).await.is_err() {
                return;
            }
        }
    }

    fn set(&self, name: &str, spoken: Spoken) {
        if let Some(origin) = self.lock().iter_mut().find(|origin| &*origin.name == name) {
            origin.spoken = spoken;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Origin>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Origin {
    /// Drops the sender of the connection. Returns the connection's task if no call uses the
    /// connection.
    fn let_go(&mut self) -> Option<JoinHandle<()>> {
        if !matches!(self.spoken, Spoken::Http2(_)) {
            return None;
        }
        let Spoken::Http2(connection) = mem::replace(&mut self.spoken, Spoken::Unknown) else { return None };
        let Connection { sender, driver } = connection;
        sender.is_idle().then_some(driver)
    }
}

/// Sends the request and awaits the head of the response; `None` if the connection had ended
/// before.
async fn exchange<'p>(
    mut sender: Sender,
    message: hyper::Request<Bytes>,
    limits: Limits,
    report: &mut Report,
) -> Result<Option<Exchange<'p>>, Error> {
    let sending = Arc::new(Mutex::new(Sending { left: message.body().len(), waker: None }));
    let length = message.body().len();
    let message = message.map(|bytes| Pieces { bytes, sending: Arc::clone(&sending) });
    let mut progress = Progress::sending(limits);
    let mut timer = Timer::default();
    let mut response = pin!(sender.requests.try_send_request(message));
    let sent = poll_fn(|context| {
        if let Poll::Ready(sent) = response.as_mut().poll(context) {
            return Poll::Ready(Some(sent));
        }
        let left = {
            let mut sending = lock(&sending);
            sending.waker = Some(context.waker().clone());
            sending.left
        };
        let bytes = (length - left) as u64;
        let moved = Moved { moves: bytes, bytes, is_sent: left == 0 };
        progress.poll_too_late(moved, &mut timer, context).map(|()| None)
    })
    .await;
    report.sent = (length - lock(&sending).left) as u64;
    match sent {
        Some(Ok(response)) => {
            report.has_begun();
            progress.read_body();
            let stream = Stream { pieces: 0, timer, _sender: sender };
            Ok(Some(Exchange::http2(stream, response, progress)))
        }
        Some(Err(mut error)) => match error.take_message() {
            Some(_) => Ok(None),
            None => Err(Error::from_exchange(error.into_error())),
        },
        None => Err(Error::timeout()),
    }
}

/// The stream of a response whose body is still to be read.
pub(super) struct Stream {
    /// How many pieces were read.
    pieces: u64,
    timer: Timer,
    /// Keeps the connection open.
    _sender: Sender,
}

impl Stream {
    /// Reads the next piece of the body; `None` at its end.
    pub(super) async fn read(
        &mut self,
        body: &mut Incoming,
        bytes: u64,
        progress: &mut Progress,
    ) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| {
            while let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(context) {
                self.pieces += 1;
                let Some(frame) = frame else { return Poll::Ready(Ok(None)) };
                if let Ok(piece) = frame.map_err(Error::from_exchange)?.into_data() {
                    return Poll::Ready(Ok(Some(piece)));
                }
            }
            let moved = Moved { moves: self.pieces, bytes, is_sent: true };
            progress.poll_too_late(moved, &mut self.timer, context).map(|()| Err(Error::timeout()))
        })
        .await
    }
}

/// The body of a request. It reports to its call how much of it was taken.
struct Pieces {
    bytes: Bytes,
    sending: Arc<Mutex<Sending>>,
}

struct Sending {
    left: usize,
    /// Wakes the call.
    waker: Option<Waker>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.bytes.len().min(PIECE);
        let piece = self.bytes.split_to(length);
        let waker = {
            let mut sending = lock(&self.sending);
            sending.left = self.bytes.len();
            sending.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

fn lock(sending: &Mutex<Sending>) -> MutexGuard<'_, Sending> {
    sending.lock().unwrap_or_else(PoisonError::into_inner)
}
