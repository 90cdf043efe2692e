//! A connector or a service of the caller's own in place of TCP or of the connections.

mod support;

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid_hyper::eventgrid::{Error, TransportError, TransportErrorKind};
use eventgrid_hyper::{Hyper, RequestBody};
use hyper::body::Bytes;
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use support::{OK, answer, event, publisher, tls};
use tokio::net::{TcpListener, TcpStream};
use tower::service_fn;

type Body = http_body_util::Full<Bytes>;

#[tokio::test]
async fn a_connector_opens_the_connection_and_tls_is_put_upon_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, pem) = tls(&[]);
    let server = tokio::spawn(async move {
        let mut stream = tls.accept(listener.accept().await.unwrap().0).await.unwrap();
        answer(&mut stream, OK).await
    });
    let asked = Arc::new(Mutex::new(Vec::new()));
    let connector = service_fn({
        let asked = Arc::clone(&asked);
        move |uri: Uri| {
            asked.lock().unwrap().push(uri.authority().unwrap().to_string());
            async move { TcpStream::connect(address).await.map(TokioIo::new) }
        }
    });
    let builder = Hyper::builder().without_proxy().root_certificates(pem.as_bytes()).unwrap();
    let transport = builder.connector(connector).build();
    publisher(transport, "https://eventgrid.invalid:8443").send(&event()).await.unwrap();
    assert!(server.await.unwrap().contains("\r\nhost: eventgrid.invalid:8443\r\n"));
    assert_eq!(*asked.lock().unwrap(), ["eventgrid.invalid:8443"]);
}

#[tokio::test]
async fn what_a_connector_cannot_open_was_not_sent() {
    let refuses = service_fn(|_: Uri| async { Err::<TokioIo<TcpStream>, _>(io::Error::other("not today")) });
    let hangs = service_fn(|_: Uri| std::future::pending::<io::Result<TokioIo<TcpStream>>>());
    let builder = || Hyper::builder().without_proxy().connect_timeout(Duration::ZERO);
    let (refuses, hangs) = (builder().connector(refuses).build(), builder().connector(hangs).build());
    for (transport, kind) in [(refuses, TransportErrorKind::Connect), (hangs, TransportErrorKind::Timeout)] {
        let sent = publisher(transport, "http://eventgrid.invalid").send(&event()).await;
        let Err(Error::Transport { error, .. }) = sent else { panic!("it cannot have been sent") };
        assert_eq!((error.kind(), error.may_have_been_sent()), (kind, false));
    }
}

#[tokio::test]
async fn a_service_is_given_the_whole_request_and_its_answer_is_taken() {
    let service = service_fn(|request: Request<RequestBody>| async move {
        assert_eq!(request.uri(), "http://eventgrid.invalid/topics/readings:publish?api-version=2024-06-01");
        assert_eq!(request.headers()["host"], "eventgrid.invalid");
        assert!(request.headers()["authorization"].is_sensitive());
        Ok::<_, Infallible>(Response::new(Body::from("{}")))
    });
    let transport = Hyper::builder().service(service);
    publisher(transport, "http://eventgrid.invalid").send(&event()).await.unwrap();
}

#[tokio::test]
async fn what_a_service_reports_may_have_been_sent() {
    let breaks =
        service_fn(|_: Request<RequestBody>| async { Err::<Response<Body>, _>(io::Error::other("gone")) });
    let hangs = service_fn(|_: Request<RequestBody>| std::future::pending::<io::Result<Response<Body>>>());
    let builder = || Hyper::builder().response_timeout(Duration::ZERO);
    let cases = [
        (
            builder().response_timeout(Duration::from_secs(60)).service(breaks),
            TransportErrorKind::Interrupted,
        ),
        (builder().service(hangs), TransportErrorKind::Timeout),
    ];
    for (transport, kind) in cases {
        let sent = publisher(transport, "http://eventgrid.invalid").send(&event()).await;
        let Err(Error::Transport { error, .. }) = sent else { panic!("no answer came") };
        assert_eq!((error.kind(), error.may_have_been_sent()), (kind, true));
    }
}
