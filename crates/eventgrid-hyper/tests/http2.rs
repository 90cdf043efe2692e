//! HTTP/2 with a service that offers it, HTTP/1.1 with any other.
#![cfg(feature = "http2")]

mod support;

use std::convert::Infallible;

use eventgrid_hyper::Hyper;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use support::{event, publisher, tls};
use tokio::net::{TcpListener, TcpStream};

/// Serves one connection, and asserts that each request on it is of that version.
async fn serve(listener: TcpListener, tls: tokio_rustls::TlsAcceptor, version: Version) {
    let stream = tls.accept(listener.accept().await.unwrap().0).await.unwrap();
    let service = service_fn(move |request: Request<Incoming>| async move {
        assert_eq!(request.version(), version);
        assert_eq!(request.headers()["host"], "eventgrid.invalid");
        let length: usize = request.headers()["content-length"].to_str().unwrap().parse().unwrap();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.len(), length);
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("{}")))
    });
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

async fn publish_twice(
    protocols: &[&[u8]],
    version: Version,
    options: fn(eventgrid_hyper::HyperBuilder) -> eventgrid_hyper::HyperBuilder,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, pem) = tls(protocols);
    tokio::spawn(serve(listener, tls, version));
    let connector =
        tower::service_fn(
            move |_: hyper::Uri| async move { TcpStream::connect(address).await.map(TokioIo::new) },
        );
    let builder = Hyper::builder().without_proxy().root_certificates(pem.as_bytes()).unwrap();
    let publisher = publisher(options(builder.connector(connector)).build(), "https://eventgrid.invalid");
    for _ in 0..2 {
        publisher.send(&event()).await.unwrap();
    }
}

#[tokio::test]
async fn a_service_that_offers_http_2_is_spoken_to_by_it() {
    publish_twice(&[b"h2", b"http/1.1"], Version::HTTP_2, eventgrid_hyper::HyperBuilder::http2).await;
}

#[tokio::test]
async fn one_that_does_not_is_spoken_to_by_http_1_1() {
    publish_twice(&[b"http/1.1"], Version::HTTP_11, eventgrid_hyper::HyperBuilder::http2).await;
    publish_twice(&[], Version::HTTP_11, eventgrid_hyper::HyperBuilder::http2).await;
}

#[tokio::test]
async fn http_2_is_not_asked_for_by_default() {
    publish_twice(&[b"h2", b"http/1.1"], Version::HTTP_11, |builder| builder).await;
}
