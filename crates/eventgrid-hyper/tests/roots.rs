//! Servers that the ready-made sets of root certificates do not vouch for.

mod support;

use eventgrid_hyper::Hyper;
use eventgrid_hyper::eventgrid::{Error, TransportError, TransportErrorKind};
use hyper_util::rt::TokioIo;
use support::{event, publisher, tls};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn a_certificate_that_nobody_signed_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, _) = tls(&[]);
    let server = tokio::spawn(async move {
        loop {
            assert!(tls.accept(listener.accept().await.unwrap().0).await.is_err());
        }
    });
    let connector =
        tower::service_fn(
            move |_: hyper::Uri| async move { TcpStream::connect(address).await.map(TokioIo::new) },
        );
    for builder in [Hyper::builder(), Hyper::builder().bundled_roots()] {
        let transport = builder.without_proxy().connector(connector).build();
        let sent = publisher(transport, "https://eventgrid.invalid").send(&event()).await;
        let Err(Error::Transport { error, .. }) = sent else { panic!("it must not have been sent") };
        assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Tls, false));
    }
    assert!(!server.is_finished());
}
