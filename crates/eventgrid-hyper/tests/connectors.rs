//! A custom connector in place of TCP.

mod support;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid_hyper::Hyper;
use eventgrid_hyper::eventgrid::{Error, TransportError, TransportErrorKind};
use hyper::Uri;
use hyper_util::rt::TokioIo;
use support::{OK, event, publisher, respond, tls};
use tokio::net::{TcpListener, TcpStream};
use tower::service_fn;

#[tokio::test]
async fn a_connector_opens_the_connection_and_tls_is_put_upon_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, pem) = tls(&[]);
    let server = tokio::spawn(async move {
        let mut stream = tls.accept(listener.accept().await.unwrap().0).await.unwrap();
        respond(&mut stream, OK).await
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
