//! A call uses the connection of the one before it, even if the body of its response came late.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventgrid_hyper::Hyper;
use support::{OK, event, publisher, respond};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::sleep;

#[tokio::test]
async fn a_connection_that_was_idle_for_too_long_is_not_used_again() {
    for (keep_alive, connections) in [(Duration::from_millis(1), 2), (Duration::from_secs(3600), 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    loop {
                        respond(&mut stream, OK).await;
                    }
                });
            }
        });
        let publisher = publisher(Hyper::builder().keep_alive(keep_alive).build(), endpoint);
        publisher.send(&event()).await.unwrap();
        sleep(Duration::from_millis(50)).await;
        publisher.send(&event()).await.unwrap();
        assert_eq!(opened.load(Ordering::Relaxed), connections, "{keep_alive:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_one_after_the_other_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let connections = Arc::new(AtomicUsize::new(0));
    tokio::spawn({
        let connections = Arc::clone(&connections);
        async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    loop {
                        respond(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").await;
                        sleep(Duration::from_millis(10)).await;
                        stream.write_all(b"{}").await.unwrap();
                    }
                });
            }
        }
    });
    let publisher = publisher(Hyper::new(), endpoint);
    for _ in 0..5 {
        publisher.send(&event()).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}
