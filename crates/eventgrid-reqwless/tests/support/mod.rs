//! Sockets that do what a test says, a clock that stands still, and futures that are polled by
//! hand.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish, Receive, ReceiveOptions};
use eventgrid::credential::CredentialRequest;
use eventgrid::{
    AccessKey, AsyncSleep, AsyncTransport, Buf, CloudEvent, Environment, Limits, NamespaceTopic, Progress,
    Response, Subscription,
};
use eventgrid_reqwless::{ConnectError, Error, Slot, Socket};

pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
pub(crate) const KEY: &str = "c2VjcmV0IG9mIHRoZSBkZXZpY2U=";

/// What happens on a socket.
#[derive(Clone, Default)]
pub(crate) struct Wire(Rc<State>);

#[derive(Default)]
struct State {
    log: RefCell<Vec<Event>>,
    /// What the service sends, piece by piece; where nothing is left, reading waits.
    pieces: RefCell<VecDeque<Vec<u8>>>,
    closed: Cell<bool>,
    /// Whether the connection ends where nothing is left to be read.
    closes: Cell<bool>,
    fault: Cell<Option<Fault>>,
    /// How long each piece is under way, by which clock.
    delay: RefCell<Option<(Time, Duration)>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Connect(String, u16),
    Write(Vec<u8>),
    Close,
    Abort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Opening a connection takes forever.
    Connecting,
    /// Writing fails from the n-th write on, from 0.
    Write(usize),
    /// Reading fails.
    Read,
    /// From the n-th write on, the service takes no more bytes.
    Full(usize),
}

impl Wire {
    pub(crate) fn responding<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let wire = Self::default();
        wire.then(pieces);
        wire
    }

    pub(crate) fn then<'p>(&self, pieces: impl IntoIterator<Item = &'p [u8]>) {
        self.0.pieces.borrow_mut().extend(pieces.into_iter().map(<[u8]>::to_vec));
    }

    pub(crate) fn with(self, fault: Fault) -> Self {
        self.0.fault.set(Some(fault));
        self
    }

    /// Each piece that is read takes so long.
    pub(crate) fn slowly(self, time: &Time, delay: Duration) -> Self {
        *self.0.delay.borrow_mut() = Some((time.clone(), delay));
        self
    }

    /// The service closes the connection.
    pub(crate) fn hang_up(&self) {
        self.0.closed.set(true);
    }

    /// The service closes the connection behind what it has sent.
    pub(crate) fn closing(self) -> Self {
        self.0.closes.set(true);
        self
    }

    pub(crate) fn slot(&self) -> Slot<'static, TestSocket> {
        self.slot_of(1024)
    }

    pub(crate) fn slot_of(&self, buffer: usize) -> Slot<'static, TestSocket> {
        Slot::new(self.socket(), vec![0; buffer].leak())
    }

    pub(crate) fn socket(&self) -> TestSocket {
        TestSocket { wire: self.clone(), writes: 0 }
    }

    /// What happened, but for connections that were given up before they were open.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.log.borrow().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.events().iter().filter(|event| matches!(event, Event::Connect(..))).count()
    }

    /// What was written, each write by itself.
    pub(crate) fn written(&self) -> Vec<String> {
        let events = self.events().into_iter().filter_map(|event| match event {
            Event::Write(bytes) => Some(String::from_utf8(bytes).unwrap()),
            _ => None,
        });
        events.collect()
    }

    fn happened(&self, event: Event) {
        self.0.log.borrow_mut().push(event);
    }
}

pub(crate) struct TestSocket {
    wire: Wire,
    writes: usize,
}

impl ErrorType for TestSocket {
    type Error = ErrorKind;
}

impl Read for TestSocket {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let state = &self.wire.0;
        if state.fault.get() == Some(Fault::Read) {
            return Err(ErrorKind::ConnectionReset);
        }
        poll_fn(|_| {
            let mut pieces = state.pieces.borrow_mut();
            let Some(mut piece) = pieces.pop_front() else {
                // A connection that takes no more brings no more, either.
                let is_broken = matches!(state.fault.get(), Some(Fault::Write(_)));
                return if state.closes.get() || is_broken { Poll::Ready(Ok(0)) } else { Poll::Pending };
            };
            let read = piece.len().min(buffer.len());
            buffer[..read].copy_from_slice(&piece[..read]);
            if let Some((time, delay)) = &*state.delay.borrow() {
                time.pass(*delay);
            }
            if piece.len() > read {
                pieces.push_front(piece.split_off(read));
            }
            Poll::Ready(Ok(read))
        })
        .await
    }
}

impl Write for TestSocket {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if matches!(self.wire.0.fault.get(), Some(Fault::Write(from)) if self.writes >= from) {
            return Err(ErrorKind::ConnectionReset);
        }
        if matches!(self.wire.0.fault.get(), Some(Fault::Full(from)) if self.writes >= from) {
            return std::future::pending().await;
        }
        self.writes += 1;
        self.wire.happened(Event::Write(bytes.to_vec()));
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl Socket for TestSocket {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        if self.wire.0.fault.get() == Some(Fault::Connecting) {
            return std::future::pending().await;
        }
        self.wire.0.closed.set(false);
        self.wire.happened(Event::Connect(host.to_owned(), port));
        Ok(())
    }

    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, ErrorKind> {
        if !self.wire.0.pieces.borrow().is_empty() {
            return Ok(None);
        }
        self.write(bytes).await.map(Some)
    }

    async fn close(&mut self) {
        self.wire.happened(Event::Close);
    }

    fn abort(&mut self) {
        // What is given up is of interest only if there was a connection.
        if matches!(self.wire.events().last(), Some(Event::Connect(..) | Event::Write(_))) {
            self.wire.happened(Event::Abort);
        }
    }

    fn is_open(&mut self) -> bool {
        !self.wire.0.closed.get()
    }
}

/// Time that stands still until a test says that some of it passes, or that all waits are over.
#[derive(Clone, Default)]
pub(crate) struct Time(Rc<Cell<Duration>>);

impl Time {
    pub(crate) fn is_up(&self) {
        self.0.set(Duration::MAX);
    }

    pub(crate) fn pass(&self, duration: Duration) {
        self.0.set(self.0.get() + duration);
    }
}

impl Environment for Time {
    fn unix_time(&self) -> Option<Duration> {
        None
    }

    fn uptime(&self) -> Duration {
        self.0.get()
    }

    fn random(&self) -> u64 {
        0
    }
}

impl AsyncSleep for Time {
    async fn sleep(&self, duration: Duration) {
        let end = self.0.get() + duration;
        poll_fn(|_| if self.0.get() >= end { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<(), Error>,
    pub(crate) status: u16,
    /// Whether it is a success whose body does not fit.
    pub(crate) is_too_large: bool,
    pub(crate) body: Vec<u8>,
    pub(crate) progress: Progress,
}

/// Publishes an event, with room for so many bytes of the response.
pub(crate) async fn publish(
    transport: &impl AsyncTransport<Error = Error>,
    url: &str,
    room: usize,
) -> Outcome {
    let topic = NamespaceTopic::new(url, "readings").unwrap();
    let event = CloudEvent::new("1", "urn:boiler", "Reading");
    send(transport, &Publish::new(&topic, &event), room).await
}

/// Waits for events.
pub(crate) async fn receive(transport: &impl AsyncTransport<Error = Error>, url: &str) -> Outcome {
    let subscription = Subscription::new(url, "readings", "alarms").unwrap();
    send(transport, &Receive::new(&subscription, ReceiveOptions::new()), 100).await
}

async fn send(transport: &impl AsyncTransport<Error = Error>, call: &impl Call, room: usize) -> Outcome {
    send_within(transport, call, room, Limits::new()).await
}

pub(crate) async fn send_within(
    transport: &impl AsyncTransport<Error = Error>,
    call: &impl Call,
    room: usize,
    limits: Limits,
) -> Outcome {
    let mut tx = [0; 2048];
    let mut tx = Buf::new(&mut tx);
    let encoded = call.encode(&RequestContext::default(), &mut tx).unwrap();
    let whom = CredentialRequest::new(call.endpoint_kind(), call.endpoint(), None);
    encoded.authorize(&mut tx, &AccessKey::new(KEY), &whom).unwrap();
    let mut rx = vec![0; room];
    let mut response = Response::new(Buf::new(&mut rx));
    let result = transport.send(&encoded.request(&tx).with_limits(limits), &mut response).await;
    let is_too_large = response.is_full() && response.head().is_success();
    Outcome {
        result,
        status: response.head().status(),
        is_too_large,
        body: response.body().to_vec(),
        progress: response.progress(),
    }
}

/// Whether it was woken.
#[derive(Default)]
pub(crate) struct Alarm(AtomicBool);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Alarm {
    pub(crate) fn has_rung(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

pub(crate) fn poll_with<F: Future>(future: Pin<&mut F>, alarm: &Arc<Alarm>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Arc::clone(alarm).into()))
}

/// What a future gives that does not have to wait.
#[track_caller]
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match poll(std::pin::pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
