//! What the server does on one connection, step by step.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::Received;

/// What the server does on one connection. At its end the connection stays open until the client
/// closes it, and requests that come nevertheless are recorded.
#[derive(Clone, Default)]
pub(crate) struct Script(pub(super) Vec<Step>);

type Respond = Arc<dyn Fn(&Received) -> Vec<u8> + Send + Sync>;

#[derive(Clone)]
pub(super) enum Step {
    Request,
    Head,
    Slowly { pieces: usize, size: usize, pace: Duration },
    End,
    Tunnel,
    Write(Vec<u8>),
    Fragments(Vec<u8>),
    Endless(Vec<u8>, Duration),
    Serve(Respond),
    Sleep(Duration),
    Wait(Gate),
    Open(Gate),
    Close,
    Cut,
    Reset,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reads a whole request.
    pub(crate) fn request(self) -> Self {
        self.then(Step::Request)
    }

    /// Reads the head of a request, and nothing of its body.
    pub(crate) fn head(self) -> Self {
        self.then(Step::Head)
    }

    /// Reads a request whose body comes over a slow link: so many pieces of that size at that pace,
    /// and the rest at once.
    pub(crate) fn request_slowly(self, pieces: usize, size: usize, pace: Duration) -> Self {
        self.then(Step::Slowly { pieces, size, pace })
    }

    /// Waits until the client closes the connection.
    pub(crate) fn end(self) -> Self {
        self.then(Step::End)
    }

    /// Is a proxy: if the next request is a `CONNECT`, grants it without recording it.
    pub(crate) fn tunnel(self) -> Self {
        self.then(Step::Tunnel)
    }

    pub(crate) fn write(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Write(bytes.as_ref().to_vec()))
    }

    /// Writes each byte by itself.
    pub(crate) fn fragments(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Fragments(bytes.as_ref().to_vec()))
    }

    /// Writes the bytes again and again, until the client goes away, or has read more than anyone
    /// has a buffer for: a suite that hangs shows nothing.
    pub(crate) fn endless(self, bytes: impl AsRef<[u8]>) -> Self {
        self.trickle(bytes, Duration::ZERO)
    }

    /// Writes the bytes again and again at that pace, until the client goes away, or for a
    /// minute.
    pub(crate) fn trickle(self, bytes: impl AsRef<[u8]>, pace: Duration) -> Self {
        self.then(Step::Endless(bytes.as_ref().to_vec(), pace))
    }

    /// Responds to every request with its own body.
    pub(crate) fn echo(self) -> Self {
        self.serve(|received| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", received.body.len());
            [head.as_bytes(), &received.body].concat()
        })
    }

    /// Responds to every request with what `respond` makes of it.
    pub(crate) fn serve(self, respond: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.then(Step::Serve(Arc::new(respond)))
    }

    pub(crate) fn sleep(self, time: Duration) -> Self {
        self.then(Step::Sleep(time))
    }

    /// Waits until the gate is open.
    pub(crate) fn wait(self, gate: &Gate) -> Self {
        self.then(Step::Wait(gate.clone()))
    }

    /// Opens the gate.
    pub(crate) fn open(self, gate: &Gate) -> Self {
        self.then(Step::Open(gate.clone()))
    }

    /// Closes the connection cleanly.
    pub(crate) fn close(self) -> Self {
        self.then(Step::Close)
    }

    /// Closes the connection without the farewell of TLS; the same as [`close`](Self::close)
    /// without TLS.
    pub(crate) fn cut(self) -> Self {
        self.then(Step::Cut)
    }

    /// Resets the connection.
    pub(crate) fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    /// Reads a request and responds to it.
    pub(crate) fn respond(self, bytes: impl AsRef<[u8]>) -> Self {
        self.request().write(bytes)
    }

    fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

/// Lets one thread wait for another.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Panics if it stays closed: a suite that hangs tells nothing.
    pub(crate) fn wait(&self) {
        let open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(open, super::PATIENCE, |open| !*open);
        assert!(*waited.unwrap_or_else(PoisonError::into_inner).0, "the gate was never opened");
    }
}
