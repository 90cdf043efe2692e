//! Closing: idle connections outlive neither their time nor the last clone.

mod support;

use std::time::Duration;

use eventgrid_hyper::Hyper;
use support::{OK, event, publisher, respond};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::test]
async fn an_idle_connection_is_closed_with_the_last_clone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        respond(&mut stream, OK).await;
        stream
    });
    let transport = Hyper::new();
    publisher(transport.clone(), endpoint).send(&event()).await.unwrap();
    let mut stream = server.await.unwrap();
    drop(transport);
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_another_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        respond(&mut stream, OK).await;
        stream.read(&mut [0]).await.unwrap()
    });
    let transport = Hyper::builder().keep_alive(Duration::from_millis(1)).build();
    publisher(transport.clone(), endpoint).send(&event()).await.unwrap();
    assert_eq!(server.await.unwrap(), 0);
    drop(transport);
}
