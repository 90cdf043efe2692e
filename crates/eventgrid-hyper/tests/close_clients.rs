//! Closing clients: their connections are closed when `close` returns, also in a scope with several
//! clients.

mod support;

use std::net::SocketAddr;
#[cfg(feature = "http2")]
use std::time::Duration;

use eventgrid_hyper::eventgrid::{AccessKey, Client, RawRequest, RetryPolicy, Subscription};
use eventgrid_hyper::{Consumer, Hyper, HyperBuilder, Tokio};
use support::counted::Count;
use support::{OK, event, publisher, read_head, respond};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;

/// Opens counted connections to that address, whatever host is asked for.
fn counted(builder: HyperBuilder, count: &Count, address: SocketAddr) -> HyperBuilder {
    let count = count.clone();
    let connector = tower::service_fn(move |_: hyper::Uri| count.clone().connect(address));
    builder.without_proxy().connector(connector)
}

/// Responds to each request of a connection, until the client closes it.
async fn serve(mut stream: TcpStream) {
    while stream.peek(&mut [0]).await.is_ok_and(|read| read > 0) {
        respond(&mut stream, OK).await;
    }
}

/// Responds on any number of connections, and returns its address.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            tokio::spawn(serve(listener.accept().await.unwrap().0));
        }
    });
    address
}

fn consumer(transport: Hyper) -> Consumer {
    let client = Client::new(transport, Tokio, AccessKey::new("c2VjcmV0"));
    let client = client.retry(RetryPolicy::none()).allow_plain_http();
    Consumer::new(client, Subscription::new("http://eventgrid.invalid", "readings", "all").unwrap())
}

#[tokio::test]
async fn clients_of_a_scope_leave_no_connection_open() {
    let (address, shared, own) = (server().await, Count::new(), Count::new());
    let transport = counted(Hyper::builder(), &shared, address).build();
    let consumer = consumer(transport.clone());
    let [publisher, other] = [transport, counted(Hyper::builder(), &own, address).build()]
        .map(|transport| publisher(transport, "http://eventgrid.invalid"));
    let request = RawRequest::new("GET", "/");
    for _ in 0..2 {
        publisher.send(&event()).await.unwrap();
        let _ = consumer.send_request(&request).await.unwrap();
        other.send(&event()).await.unwrap();
    }
    assert_eq!((shared.open(), own.open()), (1, 1), "clients of a transport share its connections");
    publisher.close().await;
    assert_eq!((shared.open(), own.open()), (0, 1));
    other.close().await;
    // Closed again, though another client has done that.
    consumer.close().await;
    assert_eq!((shared.open(), own.open()), (0, 0));

    let _ = consumer.send_request(&request).await.unwrap();
    assert_eq!((shared.open(), shared.opened()), (1, 2), "a later request opens another one");
    consumer.client().close().await;
    assert_eq!(shared.open(), 0);
}

#[tokio::test]
async fn a_connection_in_use_is_closed_after_its_response() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Count::new());
    let publisher = publisher(counted(Hyper::builder(), &count, address).build(), "http://eventgrid.invalid");
    let (arrived, closed) = (Barrier::new(2), Barrier::new(2));
    let request = RawRequest::new("GET", "/");
    let serving = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        arrived.wait().await;
        closed.wait().await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        stream
    };
    let closing = async {
        arrived.wait().await;
        publisher.close().await;
        assert_eq!(count.open(), 1, "the response may still come");
        closed.wait().await;
    };
    let (_stream, response, ()) = tokio::join!(serving, publisher.send_request(&request), closing);
    assert_eq!(response.unwrap().body(), b"{}");
    assert_eq!(count.open(), 0);
}

/// Responds on any number of connections of HTTP/2, and returns its address and certificate.
#[cfg(feature = "http2")]
async fn http2_server() -> (SocketAddr, String) {
    use std::convert::Infallible;

    use http_body_util::Full;
    use hyper::body::{Bytes, Incoming};
    use hyper::service::service_fn;
    use hyper::{Request, Response};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::server::conn::auto;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, pem) = support::tls(&[b"h2"]);
    tokio::spawn(async move {
        loop {
            let stream = tls.accept(listener.accept().await.unwrap().0).await.unwrap();
            let service = service_fn(|_: Request<Incoming>| async {
                Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("{}")))
            });
            tokio::spawn(async move {
                // The client ends it as it likes.
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    (address, pem)
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn a_connection_of_http_2_is_closed_when_close_returns() {
    let ((address, pem), count) = (http2_server().await, Count::new());
    let builder = Hyper::builder().root_certificates(pem.as_bytes()).unwrap();
    let transport = counted(builder, &count, address).http2().build();
    let publisher = publisher(transport, "https://eventgrid.invalid");
    for opened in 1..3 {
        publisher.send(&event()).await.unwrap();
        assert_eq!((count.open(), count.opened()), (1, opened));
        publisher.close().await;
        assert_eq!(count.open(), 0);
    }
    let mut response = publisher.open_request(&RawRequest::new("GET", "/")).await.unwrap();
    publisher.close().await;
    assert_eq!(count.open(), 1, "the body may still be read");
    assert_eq!(response.read(&mut [0; 10]).await.unwrap(), 2);
    drop(response);
    count.all_closed().await;
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn a_connection_of_http_2_is_kept_while_it_is_used_and_no_longer_than_it_may_be_idle() {
    let ((address, pem), count) = (http2_server().await, Count::new());
    let builder = Hyper::builder().root_certificates(pem.as_bytes()).unwrap().keep_alive(Duration::ZERO);
    let publisher = publisher(counted(builder, &count, address).http2().build(), "https://eventgrid.invalid");
    for opened in 1..3 {
        publisher.send(&event()).await.unwrap();
        assert_eq!(count.opened(), opened);
        count.all_closed().await;
    }
    let response = publisher.open_request(&RawRequest::new("GET", "/")).await.unwrap();
    publisher.send(&event()).await.unwrap();
    assert_eq!((count.open(), count.opened()), (1, 3), "a body is still to be read on it");
    drop(response);
    count.all_closed().await;
}
