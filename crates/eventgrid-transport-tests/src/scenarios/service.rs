//! An emulator behind a socket, with a clock to move.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use eventgrid_emulator::{Emulator, EmulatorBuilder, Outcome};
use http::{Request, Response};

use super::clock::Clock;
use crate::server::{Received, Script, Server};

/// More than any scenario opens.
const CONNECTIONS: usize = 64;

pub(super) struct Service {
    emulator: Arc<Mutex<Emulator>>,
    server: Server,
}

impl Service {
    pub(super) fn start(builder: EmulatorBuilder, clock: Clock) -> Self {
        let emulator = Arc::new(Mutex::new(builder.build().unwrap()));
        let respond = Script::new().serve({
            let emulator = Arc::clone(&emulator);
            move |received| to_bytes(&response(&mut lock(&emulator), &clock, received))
        });
        let server = Server::start((0..CONNECTIONS).map(|_| respond.clone()));
        Self { emulator, server }
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        lock(&self.emulator)
    }

    pub(super) fn finish(self) {
        self.server.finish();
    }
}

fn lock(emulator: &Mutex<Emulator>) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Responses. A wait only moves the clock.
fn response(emulator: &mut Emulator, clock: &Clock, received: &Received) -> Response<Bytes> {
    let waiter = match emulator.begin(clock.now(), &to_request(received)) {
        Outcome::Done(reply) => return reply,
        Outcome::Waiting(waiter) => waiter,
        other => panic!("neither a response nor a wait: {other:?}"),
    };
    loop {
        let deadline = emulator.next_deadline().expect("a wait has an end");
        clock.advance(deadline.saturating_since(clock.now()));
        emulator.advance(clock.now());
        if let Some((_, reply)) = emulator.take_finished().into_iter().find(|(id, _)| *id == waiter) {
            return reply;
        }
    }
}

fn to_request(received: &Received) -> Request<Bytes> {
    let mut line = received.line.split(' ');
    let (method, path) = (line.next().unwrap(), line.next().unwrap());
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in &received.headers {
        request = request.header(name, value);
    }
    request.body(Bytes::copy_from_slice(&received.body)).unwrap()
}

fn to_bytes(reply: &Response<Bytes>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\nContent-Length: {}\r\n", reply.status(), reply.body().len());
    for (name, value) in reply.headers() {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    head.push_str("\r\n");
    [head.as_bytes(), reply.body()].concat()
}
