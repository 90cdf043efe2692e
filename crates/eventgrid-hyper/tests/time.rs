//! What counts as late: a halt, and not a long way.

mod support;

use std::time::Duration;

use eventgrid_hyper::eventgrid::{CloudEvent, Data, Error, TransportError, TransportErrorKind};
use eventgrid_hyper::{Hyper, HyperBuilder};
use support::{OK, event, publisher, read_head};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::sleep;

const SHORT: Duration = Duration::from_millis(200);

fn server<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> &'static str
where
    F: Future<Output = ()> + Send,
{
    let socket = TcpSocket::new_v4().unwrap();
    // What the system takes in for the server counts as sent.
    socket.set_recv_buffer_size(64 << 10).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(8).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).leak();
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
    endpoint
}

fn hyper(options: fn(HyperBuilder) -> HyperBuilder) -> Hyper {
    options(Hyper::builder().without_proxy()).build()
}

/// More than the network takes in before the other side reads any of it.
fn large() -> CloudEvent<'static> {
    event().with_data(Data::text("x".repeat(16 << 20)))
}

#[track_caller]
fn assert_late<T>(sent: Result<T, Error<'_, eventgrid_hyper::Error>>) {
    let Err(Error::Transport { error, .. }) = sent else { panic!("it must have taken too long") };
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Timeout, true));
}

#[tokio::test]
async fn a_request_that_moves_may_take_longer_than_the_response() {
    let endpoint = server(|mut stream| async move {
        let head = read_head(&mut stream).await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut left: usize = length.unwrap().parse().unwrap();
        let mut piece = vec![0; 512 << 10];
        // The first half takes twice the time of the response; the rest of it is more than the
        // client's system takes in.
        for _ in 0..16 {
            sleep(SHORT / 4).await;
            stream.read_exact(&mut piece).await.unwrap();
            left -= piece.len();
        }
        while left > 0 {
            left -= stream.read(&mut piece).await.unwrap();
        }
        stream.write_all(OK.as_bytes()).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    });
    let transport = hyper(|builder| builder.response_timeout(2 * SHORT));
    publisher(transport, endpoint).send(&large()).await.unwrap();
}

#[tokio::test]
async fn a_request_that_stops_is_late() {
    let endpoint = server(|mut stream| async move {
        read_head(&mut stream).await;
        sleep(Duration::from_secs(60)).await;
    });
    let transport = hyper(|builder| builder.idle_timeout(SHORT));
    assert_late(publisher(transport, endpoint).send(&large()).await);
}

/// Responds with a body of a byte now and then.
fn trickling(pieces: usize) -> &'static str {
    server(move |mut stream| async move {
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
    })
}

#[tokio::test]
async fn a_body_that_moves_may_take_longer_than_a_halt() {
    let transport = hyper(|builder| builder.idle_timeout(SHORT).response_timeout(SHORT));
    publisher(transport, trickling(30)).send(&event()).await.unwrap();
}

#[tokio::test]
async fn a_body_that_moves_too_slowly_is_late() {
    let transport = hyper(|builder| builder.idle_timeout(SHORT).lowest_rate(1000));
    assert_late(publisher(transport, trickling(1_000_000)).send(&event()).await);
}
