//! What counts as late: a response that stops, not one that takes long.
//!
//! Connections are in memory, and the clock advances by itself when both ends wait.

mod support;

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use eventgrid_hyper::eventgrid::{CloudEvent, Data, Error, TransportError, TransportErrorKind};
use eventgrid_hyper::{Hyper, HyperBuilder, Publisher};
use hyper::Uri;
use support::memory::Memory;
use support::{OK, event, publisher, read_head};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::sleep;
use tower::service_fn;

const SHORT: Duration = Duration::from_millis(200);

/// How many bytes a connection takes in before the other end reads any of them.
const TAKEN_IN: usize = 64 << 10;

/// A publisher that has one connection, of which `serve` is the other end.
fn publisher_to<F>(
    serve: impl FnOnce(DuplexStream) -> F,
    options: fn(HyperBuilder) -> HyperBuilder,
) -> Publisher
where
    F: Future<Output = ()> + Send + 'static,
{
    let (near, far) = duplex(TAKEN_IN);
    tokio::spawn(serve(far));
    let near: &'static Mutex<_> = Box::leak(Box::new(Mutex::new(Some(Memory::new(near)))));
    let connector = service_fn(move |_: Uri| async {
        near.lock().unwrap().take().ok_or_else(|| io::Error::other("it was opened before"))
    });
    let transport = options(Hyper::builder().without_proxy().connector(connector)).build();
    publisher(transport, "http://eventgrid.invalid")
}

/// More than the connection takes in.
fn large() -> CloudEvent<'static> {
    event().with_data(Data::text("x".repeat(16 * TAKEN_IN)))
}

#[track_caller]
fn assert_late<T>(sent: Result<T, Error<'_, eventgrid_hyper::Error>>) {
    let Err(Error::Transport { error, .. }) = sent else { panic!("it must have taken too long") };
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Timeout, true));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_moves_may_take_longer_than_the_response() {
    let serve = |mut stream: DuplexStream| async move {
        let head = read_head(&mut stream).await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut left: usize = length.unwrap().parse().unwrap();
        let mut piece = vec![0; TAKEN_IN];
        // The first half takes twice the time of the response.
        for _ in 0..8 {
            sleep(SHORT / 2).await;
            stream.read_exact(&mut piece).await.unwrap();
            left -= piece.len();
        }
        while left > 0 {
            left -= stream.read(&mut piece).await.unwrap();
        }
        stream.write_all(OK.as_bytes()).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    };
    let publisher = publisher_to(serve, |builder| builder.response_timeout(2 * SHORT));
    publisher.send(&large()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_stops_is_late() {
    let serve = |mut stream: DuplexStream| async move {
        read_head(&mut stream).await;
        sleep(Duration::from_secs(60)).await;
    };
    let publisher = publisher_to(serve, |builder| builder.idle_timeout(SHORT));
    assert_late(publisher.send(&large()).await);
}

/// Responds with a body of a byte now and then.
async fn trickle(mut stream: DuplexStream, pieces: usize) {
    read_head(&mut stream).await;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {pieces}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..pieces {
        sleep(SHORT / 10).await;
        // The client may have gone away.
        if stream.write_all(b" ").await.is_err() {
            return;
        }
    }
    sleep(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_moves_may_take_longer_than_a_halt() {
    let options = |builder: HyperBuilder| builder.idle_timeout(SHORT).response_timeout(SHORT);
    publisher_to(|stream| trickle(stream, 30), options).send(&event()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_moves_too_slowly_is_late() {
    let options = |builder: HyperBuilder| builder.idle_timeout(SHORT).lowest_rate(1000);
    assert_late(publisher_to(|stream| trickle(stream, 1_000_000), options).send(&event()).await);
}
