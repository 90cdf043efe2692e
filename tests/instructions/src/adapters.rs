//! An attempt over each adapter: a publisher whose connection is open, and a service that has its
//! response ready when a request arrives.
//!
//! hyper and reqwless get a connection in memory. ureq opens its own, to a thread of this process,
//! whose instructions are not counted.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::thread;

use embedded_io_async::{ErrorKind, ErrorType};
use eventgrid::{AccessKey, AsyncSleep, Client, CloudEvent, Data, Environment, NamespaceTopic, Std};
use eventgrid_hyper::{Hyper, Tokio};
use eventgrid_reqwless::{ConnectError, Reqwless, Slot, Socket};
use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::runtime::{Builder, Runtime};
use tower::service_fn;

/// Head and body, in one segment.
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\
    Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}";

fn topic(endpoint: &str) -> NamespaceTopic<'static> {
    NamespaceTopic::new(endpoint.to_owned(), "orders").expect("it is valid")
}

fn key() -> AccessKey<'static> {
    AccessKey::new("c2VjcmV0")
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:shop", "Order.Created")
        .with_subject("orders/1")
        .with_data(Data::text("x".repeat(1000)))
}

/// Publishes by hyper.
pub(crate) struct ByHyper {
    runtime: Runtime,
    publisher: eventgrid_hyper::Publisher,
    event: CloudEvent<'static>,
}

impl ByHyper {
    pub(crate) fn new() -> Self {
        let connector = service_fn(|_: Uri| async { Ok::<_, io::Error>(Wire::default()) });
        let transport = Hyper::builder().without_proxy().connector(connector).build();
        let client = Client::new(transport, Tokio, key());
        let runtime = Builder::new_current_thread().enable_all().build().expect("there is room for it");
        let publisher = eventgrid_hyper::Publisher::new(client, topic("http://127.0.0.1"));
        Self { runtime, publisher, event: event() }
    }

    pub(crate) fn publish(&self) {
        self.runtime.block_on(self.publisher.send(&self.event)).expect("it is accepted");
    }
}

/// Publishes by ureq.
pub(crate) struct ByUreq {
    publisher: eventgrid_ureq::Publisher,
    event: CloudEvent<'static>,
}

impl ByUreq {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || serve(&listener));
        let publisher = eventgrid_ureq::Publisher::new(
            eventgrid_ureq::client(key()),
            topic(&format!("http://{address}")),
        );
        Self { publisher, event: event() }
    }

    pub(crate) fn publish(&self) {
        self.publisher.send(&self.event).expect("it is accepted");
    }
}

/// Responds to the requests of each connection, until the process ends.
fn serve(listener: &TcpListener) {
    for mut connection in listener.incoming().flatten() {
        while read_request(&mut connection) && connection.write_all(RESPONSE).is_ok() {}
    }
}

/// Reads a request whose body is a JSON object; false at the end of the connection.
fn read_request(connection: &mut TcpStream) -> bool {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.ends_with(b"}") {
        match connection.read(&mut piece) {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return false,
        }
    }
    true
}

/// Publishes by reqwless, with buffers as a device has them.
pub(crate) struct ByReqwless {
    publisher: ReqwlessPublisher,
    event: CloudEvent<'static>,
}

type ReqwlessPublisher = eventgrid::Publisher<Reqwless<'static, Wire, Still, 1>, Still, AccessKey<'static>>;

impl ByReqwless {
    pub(crate) fn new() -> Self {
        let slot = Slot::new(Wire::default(), vec![0; 1024].leak());
        let client = Client::new(Reqwless::new(Still, [slot]), Still, key());
        Self { publisher: eventgrid::Publisher::new(client, topic("http://127.0.0.1")), event: event() }
    }

    pub(crate) fn publish(&self) {
        let mut sent = pin!(self.publisher.send(&self.event));
        let Poll::Ready(sent) = sent.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it waits for nobody");
        };
        sent.expect("it is accepted");
    }
}

/// Time that passes for nobody.
#[derive(Clone, Copy)]
pub(crate) struct Still;

impl Environment for Still {
    fn unix_time(&self) -> Option<std::time::Duration> {
        None
    }

    fn uptime(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn random(&self) -> u64 {
        Std.random()
    }
}

impl AsyncSleep for Still {
    async fn sleep(&self, _: std::time::Duration) {
        std::future::pending::<()>().await;
    }
}

/// A connection to a service that responds to each request once it is flushed.
#[derive(Default)]
pub(crate) struct Wire {
    is_written: bool,
    is_flushed: bool,
    reader: Option<Waker>,
}

impl Wire {
    fn written(&mut self, bytes: usize) -> usize {
        self.is_written = true;
        bytes
    }

    fn flushed(&mut self) {
        self.is_flushed = self.is_written;
        if let (true, Some(reader)) = (self.is_flushed, self.reader.take()) {
            reader.wake();
        }
    }

    fn poll_response(&mut self, context: &Context<'_>) -> Poll<&'static [u8]> {
        if !self.is_flushed {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        (self.is_written, self.is_flushed) = (false, false);
        Poll::Ready(RESPONSE)
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        buffer.put_slice(ready!(self.poll_response(context)));
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.written(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl ErrorType for Wire {
    type Error = ErrorKind;
}

impl embedded_io_async::Read for Wire {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let response = std::future::poll_fn(|context| self.poll_response(context)).await;
        buffer[..response.len()].copy_from_slice(response);
        Ok(response.len())
    }
}

impl embedded_io_async::Write for Wire {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(self.written(bytes.len()))
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.flushed();
        Ok(())
    }
}

impl Socket for Wire {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, _: &str, _: u16) -> Result<(), ConnectError> {
        Ok(())
    }

    async fn close(&mut self) {}

    fn abort(&mut self) {}

    fn is_open(&mut self) -> bool {
        true
    }
}
