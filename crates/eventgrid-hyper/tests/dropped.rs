//! A dropped call has closed its connection when `drop` returns.

mod support;

use std::io::{ErrorKind, Read};
use std::time::Duration;

use eventgrid_hyper::eventgrid::{AccessKey, Client, ReceiveOptions, RetryPolicy, Subscription};
use eventgrid_hyper::{Consumer, Hyper, Tokio};
use support::{event, publisher, read_head, respond};
use tokio::net::{TcpListener, TcpStream};

const LAST: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// Asserts that the client has closed the connection. This blocks the only thread of the runtime,
/// so no task can still do it.
fn assert_closed(stream: TcpStream) {
    let mut stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

#[tokio::test]
async fn the_server_sees_the_end_of_a_receive_before_the_next_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let transport = Hyper::builder().without_proxy().build();
    let client = Client::new(transport.clone(), Tokio, AccessKey::new("c2VjcmV0"));
    let client = client.retry(RetryPolicy::none()).allow_plain_http();
    let consumer: Consumer =
        Consumer::new(client, Subscription::new(endpoint, "readings", "alarms").unwrap());
    let publisher = publisher(transport, endpoint);
    for _ in 0..50 {
        let arrived = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            stream
        };
        let receiving = {
            let receive = consumer.receive(ReceiveOptions::new());
            tokio::select! {
                received = receive => panic!("there is nothing to receive: {received:?}"),
                stream = arrived => stream,
            }
        };
        assert_closed(receiving);
        let responds = async { respond(&mut listener.accept().await.unwrap().0, LAST).await };
        let publish = async { publisher.send(&event()).await.unwrap() };
        tokio::join!(responds, publish);
    }
}

#[tokio::test]
async fn so_does_one_that_is_dropped_while_its_body_arrives() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let publisher = publisher(Hyper::builder().without_proxy().build(), endpoint);
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let arrived = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        respond(&mut stream, half).await;
        stream
    };
    let publishing = {
        let event = event();
        tokio::select! {
            sent = publisher.send(&event) => panic!("the response is not complete: {sent:?}"),
            stream = arrived => stream,
        }
    };
    assert_closed(publishing);
}
