//! A transport that follows a script, and an environment whose clock moves only by sleeping.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{
    AsyncOpen, AsyncReadBody, Environment, Open, ReadBody, Request, Response, SendAsyncSleep,
    SendAsyncTransport, Sleep, Transport, TransportError, TransportErrorKind,
};

/// What the transport does with one request.
#[derive(Clone)]
pub enum Step {
    Response {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    Fail {
        kind: TransportErrorKind,
        may_have_been_sent: bool,
    },
    /// The head of a success and a part of its body come, the last byte so long after the first,
    /// and then the connection fails, or does not.
    Slow {
        body: Vec<u8>,
        time: Duration,
        fails: Option<TransportErrorKind>,
    },
    /// Time runs out when so many bytes of the request were sent.
    RunOut {
        sent: u64,
    },
}

/// A response that breaks off after a part of its body.
pub fn cut(body: impl AsRef<[u8]>, by: TransportErrorKind) -> Step {
    Step::Slow { body: body.as_ref().to_vec(), time: Duration::ZERO, fails: Some(by) }
}

pub fn response(status: u16, body: impl AsRef<[u8]>) -> Step {
    Step::Response { status, headers: Vec::new(), body: body.as_ref().to_vec() }
}

pub fn response_with(status: u16, name: &'static str, value: &str) -> Step {
    Step::Response { status, headers: vec![(name, value.to_owned())], body: Vec::new() }
}

pub fn interrupted() -> Step {
    Step::Fail { kind: TransportErrorKind::Interrupted, may_have_been_sent: true }
}

pub fn refused() -> Step {
    Step::Fail { kind: TransportErrorKind::Connect, may_have_been_sent: false }
}

/// A transport that follows a script and writes down what it was given.
#[derive(Default)]
pub struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    pub seen: Mutex<Vec<String>>,
    /// How long the responses took so far.
    pub took: Arc<Mutex<Duration>>,
    /// How many bytes of bodies were read in pieces.
    pub read: Arc<Mutex<usize>>,
    /// How often it was closed.
    pub closed: Mutex<usize>,
    /// How long the last attempt might take in all.
    pub total: Mutex<Option<Duration>>,
}

impl Scripted {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: Mutex::new(steps.into_iter().collect()), ..Self::default() }
    }

    /// The requests, each as HTTP/1.1 would have it.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    pub fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn play(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), ScriptedError> {
        self.seen.lock().unwrap().push(wire(request));
        *self.total.lock().unwrap() = request.limits().total;
        match self.steps.lock().unwrap().pop_front().expect("more requests than the script has steps") {
            Step::Response { status, headers, body: bytes } => {
                response.begin(status);
                for (name, value) in &headers {
                    response.header(name, value.as_bytes());
                }
                response.write(&bytes);
                Ok(())
            }
            Step::Fail { kind, may_have_been_sent } => Err(ScriptedError { kind, may_have_been_sent }),
            Step::Slow { body, time, fails } => {
                response.begin(200);
                response.set_first_byte(Duration::ZERO);
                response.write(&body);
                *self.took.lock().unwrap() += time;
                match fails {
                    Some(kind) => Err(ScriptedError { kind, may_have_been_sent: true }),
                    None => Ok(()),
                }
            }
            Step::RunOut { sent } => {
                response.set_sent(sent);
                Err(ScriptedError { kind: TransportErrorKind::Timeout, may_have_been_sent: true })
            }
        }
    }
}

/// A body that comes in pieces of up to three bytes, and then fails, or does not.
pub struct ScriptedBody {
    left: VecDeque<u8>,
    fails: Option<TransportErrorKind>,
    /// How many bytes of this body and of those before were read.
    read: Arc<Mutex<usize>>,
}

impl ScriptedBody {
    fn read(&mut self, room: &mut [u8]) -> Result<usize, ScriptedError> {
        if self.left.is_empty() && !room.is_empty() {
            let error = |kind| ScriptedError { kind, may_have_been_sent: true };
            return self.fails.map_or(Ok(0), |kind| Err(error(kind)));
        }
        let count = room.len().min(3).min(self.left.len());
        for (place, byte) in room.iter_mut().zip(self.left.drain(..count)) {
            *place = byte;
        }
        *self.read.lock().unwrap() += count;
        Ok(count)
    }
}

impl ReadBody for ScriptedBody {
    type Error = ScriptedError;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, ScriptedError> {
        self.read(room)
    }
}

impl AsyncReadBody for ScriptedBody {
    type Error = ScriptedError;

    async fn read(&mut self, room: &mut [u8]) -> Result<usize, ScriptedError> {
        self.read(room)
    }
}

impl Scripted {
    fn play_open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ScriptedBody, ScriptedError> {
        let step = self.steps.lock().unwrap().pop_front().expect("more requests than the script has steps");
        let (head, left, fails) = match step {
            Step::Response { status, headers, body } => {
                (Step::Response { status, headers, body: Vec::new() }, body, None)
            }
            Step::Slow { body, time, fails } => {
                (Step::Slow { body: Vec::new(), time, fails: None }, body, fails)
            }
            other => (other, Vec::new(), None),
        };
        self.steps.lock().unwrap().push_front(head);
        self.play(request, response)?;
        Ok(ScriptedBody { left: left.into(), fails, read: self.read.clone() })
    }
}

impl Open for Scripted {
    type Body<'t> = ScriptedBody;

    fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ScriptedBody, ScriptedError> {
        self.play_open(request, response)
    }
}

impl AsyncOpen for Scripted {
    type Body<'t> = ScriptedBody;

    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<ScriptedBody, ScriptedError> {
        self.play_open(request, response)
    }
}

/// A request as text: request line, headers, an empty line, body.
pub fn wire(request: &Request<'_>) -> String {
    let mut text = format!(
        "{} {} HTTP/1.1\nhost: {}\n",
        request.method(),
        request.path_and_query(),
        request.authority()
    );
    for header in request.headers() {
        text.extend([header.name(), ": ", header.value(), "\n"]);
    }
    text + "\n" + std::str::from_utf8(request.body()).unwrap()
}

impl Transport for Scripted {
    type Error = ScriptedError;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), ScriptedError> {
        self.play(request, response)
    }

    fn close(&self) {
        *self.closed.lock().unwrap() += 1;
    }
}

impl SendAsyncTransport for Scripted {
    type Error = ScriptedError;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), ScriptedError> {
        self.play(request, response)
    }

    async fn close(&self) {
        *self.closed.lock().unwrap() += 1;
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedError {
    pub kind: TransportErrorKind,
    pub may_have_been_sent: bool,
}

impl fmt::Display for ScriptedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ScriptedError {}

impl TransportError for ScriptedError {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}

/// An environment whose clock moves only by sleeping, and whose random value is the one it was
/// given.
#[derive(Default)]
pub struct Still {
    pub slept: Mutex<Vec<Duration>>,
    pub random_value: u64,
    /// Time that passed beside sleeping: the same as [`Scripted::took`] where that matters.
    pub took: Arc<Mutex<Duration>>,
}

impl Still {
    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

impl Environment for Still {
    fn unix_time(&self) -> Option<Duration> {
        None
    }

    fn uptime(&self) -> Duration {
        self.slept.lock().unwrap().iter().sum::<Duration>() + *self.took.lock().unwrap()
    }

    fn random(&self) -> u64 {
        self.random_value
    }
}

impl Sleep for Still {
    fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
    }
}

impl SendAsyncSleep for Still {
    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
    }
}

/// Runs a future that is never pending.
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("the scripted transport never waits"),
    }
}
