//! Requests through a proxy, with credentials for it.

mod support;

use eventgrid_hyper::Hyper;
use eventgrid_hyper::eventgrid::{Error, TransportError, TransportErrorKind};
use support::{OK, event, publisher, read_head, respond, tls};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

/// `boiler:71°C`
const CREDENTIALS: &str = "Ym9pbGVyOjcxwrBD";

async fn proxy() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://boiler:71%C2%B0C@{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn a_request_to_an_http_url_is_handed_to_it() {
    let (listener, url) = proxy().await;
    let server = tokio::spawn(async move { respond(&mut listener.accept().await.unwrap().0, OK).await });
    let transport = Hyper::builder().proxy(&url).unwrap().build();
    publisher(transport, "http://eventgrid.invalid").send(&event()).await.unwrap();

    let head = server.await.unwrap();
    assert!(head.starts_with("POST http://eventgrid.invalid/topics/readings:publish?"), "{head}");
    assert!(head.contains("\r\nhost: eventgrid.invalid\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nproxy-authorization: Basic {CREDENTIALS}\r\n")), "{head}");
}

#[tokio::test]
async fn a_request_to_an_https_url_goes_through_a_tunnel() {
    let (listener, url) = proxy().await;
    let (tls, pem) = tls(&[]);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let connect = read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut stream = tls.accept(stream).await.unwrap();
        (connect, respond(&mut stream, OK).await)
    });
    let builder = Hyper::builder().proxy(&url).unwrap().root_certificates(pem.as_bytes()).unwrap();
    publisher(builder.build(), "https://eventgrid.invalid").send(&event()).await.unwrap();

    let (connect, head) = server.await.unwrap();
    assert!(connect.starts_with("CONNECT eventgrid.invalid:443 HTTP/1.1\r\n"), "{connect}");
    assert!(connect.contains(&format!("Proxy-Authorization: Basic {CREDENTIALS}\r\n")), "{connect}");
    assert!(!connect.contains("SharedAccessKey"), "{connect}");
    assert!(head.starts_with("POST /topics/readings:publish?"), "{head}");
    assert!(!head.contains(CREDENTIALS), "{head}");
}

#[tokio::test]
async fn a_proxy_that_turns_away_has_seen_no_request() {
    let (listener, url) = proxy().await;
    let server = tokio::spawn(async move {
        respond(&mut listener.accept().await.unwrap().0, "HTTP/1.1 407 Who Are You\r\n\r\n").await
    });
    let transport = Hyper::builder().proxy(&url).unwrap().build();
    let sent = publisher(transport, "https://eventgrid.invalid").send(&event()).await;
    let Err(Error::Transport { error, .. }) = sent else { panic!("it cannot have been sent") };
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Connect, false));
    server.await.unwrap();
}
