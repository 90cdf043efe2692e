//! A socket can be opened again and again, however the connection before ended.

use std::io::Write as _;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use embedded_io_async::{ErrorKind, Read, Write};
use embedded_tls_webpki::{
    CertificateDer, Mailbox, TlsConnectError, TlsError, TlsRandom, TlsSettings, TlsSocket, Trust, session,
    trust_anchor,
};
use rustls::{ServerConnection, version};
use tls_servers::chains::{Chain, HOST, Kind, Party, server};
use tls_servers::server::{config, listen, start};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::support::device::{AT, TokioSocket, echo, trusting};

const A_MOMENT: Duration = Duration::from_millis(50);

#[test]
fn it_connects_again_and_again() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    let socket = TokioSocket::default();
    let closed = Rc::clone(&socket.closed);
    trusting(chain.root.der(), AT, |device| {
        device.run_over(socket, async |socket| {
            for _ in 0..3 {
                socket.connect(HOST, port).await.unwrap();
                echo(socket).await.unwrap();
                echo(socket).await.unwrap();
                socket.close().await;
            }
            socket.connect(HOST, port).await.unwrap();
            socket.connect(HOST, port).await.unwrap();
            echo(socket).await.unwrap();
            socket.abort();
            socket.connect("other.example", port).await.unwrap_err();
            assert_eq!(socket.last_error(), Some(TlsError::WrongHost));
            socket.connect(HOST, port).await.unwrap();
            assert_eq!(socket.last_error(), None);
            echo(socket).await.unwrap();
        });
    });
    assert_eq!(closed.get(), 3);
}

#[test]
fn without_a_connection_there_is_nothing_to_do() {
    trusting(Party::root(Kind::P256).der(), AT, |device| {
        device.run(async |socket| {
            assert!(!socket.is_open());
            assert_eq!(socket.write(b"x").await, Err(TlsError::NotConnected));
            assert_eq!(socket.flush().await, Err(TlsError::NotConnected));
            assert_eq!(socket.read(&mut [0; 8]).await, Err(TlsError::NotConnected));
            socket.close().await;
            socket.abort();
        });
    });
}

#[test]
fn the_error_of_the_socket_below_is_passed_on() {
    trusting(Party::root(Kind::P256).der(), AT, |device| {
        device.run(async |socket| {
            let error = socket.connect(HOST, 1).await.unwrap_err();
            assert_eq!(error, TlsConnectError::Socket(ErrorKind::ConnectionRefused));
            assert_eq!(socket.last_error(), None);
        });
    });
}

#[test]
fn more_than_fits_into_the_mailbox_or_a_record() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    let mut sent = vec![b'x'; 40_000];
    *sent.last_mut().unwrap() = b'\n';
    trusting(chain.root.der(), AT, |device| {
        device.run(async |socket| {
            socket.connect(HOST, port).await.unwrap();
            socket.write_all(&sent).await.unwrap();
            socket.flush().await.unwrap();
            let mut received = vec![0; sent.len()];
            socket.read_exact(&mut received).await.unwrap();
            assert!(received == sent);
            assert!(socket.is_open());
        });
    });
}

#[test]
fn reading_can_be_given_up_and_taken_up() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    trusting(chain.root.der(), AT, |device| {
        device.run(async |socket| {
            socket.connect(HOST, port).await.unwrap();
            echo(socket).await.unwrap();
            for _ in 0..3 {
                timeout(A_MOMENT, socket.read(&mut [0; 8])).await.unwrap_err();
                assert!(socket.is_open());
                echo(socket).await.unwrap();
            }
            timeout(A_MOMENT, socket.read(&mut [0; 8])).await.unwrap_err();
            socket.close().await;
            assert!(!socket.is_open());
            socket.connect(HOST, port).await.unwrap();
            echo(socket).await.unwrap();
        });
    });
}

/// A server may respond to a part of a request and close the connection, which ends in a reset.
#[test]
fn what_came_before_writing_failed_can_be_read() {
    let chain = Chain::new(server(&[HOST]));
    let config = Arc::new(config(chain.sent(), &chain.leaf.key, None, &[&version::TLS13]));
    let port = listen(move |mut stream| {
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        while connection.is_handshaking() || connection.wants_write() {
            connection.complete_io(&mut stream).unwrap();
        }
        connection.writer().write_all(b"too large").unwrap();
        connection.send_close_notify();
        connection.write_tls(&mut stream).unwrap();
    });
    trusting(chain.root.der(), AT, |device| {
        device.run(async |socket| {
            socket.connect(HOST, port).await.unwrap();
            while socket.write_all(b"more\n").await.is_ok() && socket.flush().await.is_ok() {}
            let mut received = [0; 9];
            socket.read_exact(&mut received).await.unwrap();
            assert_eq!(&received, b"too large");
            assert!(!socket.is_open());
            assert!(socket.flush().await.is_err());
        });
    });
}

#[test]
fn connecting_can_be_given_up() {
    let chain = Chain::new(server(&[HOST]));
    let (silent, port) =
        (listen(|stream| drop(stream.peek(&mut [0; 4096]).map(|_| std::thread::park()))), start(&chain));
    trusting(chain.root.der(), AT, |device| {
        device.run(async |socket| {
            timeout(A_MOMENT, socket.connect(HOST, silent)).await.unwrap_err();
            socket.connect(HOST, port).await.unwrap();
            echo(socket).await.unwrap();
        });
    });
}

#[test]
fn an_end_in_good_order_is_an_end() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    trusting(chain.root.der(), AT, |device| {
        device.run(async |socket| {
            socket.connect(HOST, port).await.unwrap();
            socket.write_all(b"bye\n").await.unwrap();
            socket.flush().await.unwrap();
            let mut line = [0; 8];
            assert_eq!(socket.read(&mut line).await, Ok(4));
            assert_eq!(socket.read(&mut line).await, Ok(0));
            assert_eq!(socket.read(&mut line).await, Ok(0));
            assert!(!socket.is_open());
            socket.close().await;
            socket.connect(HOST, port).await.unwrap();
            echo(socket).await.unwrap();
        });
    });
}

#[test]
fn what_was_sent_stays_nowhere() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    let root = CertificateDer::from(chain.root.der());
    let anchors = [trust_anchor(&root).unwrap()];
    let (mut mail, mut read, mut write) = (vec![0; 512], vec![0; 16640], vec![0; 1024]);
    {
        let mailbox = Mailbox::new(&mut mail);
        let settings = TlsSettings::new(
            Trust::Anchors { anchors: &anchors, validity: AT },
            TlsRandom::from_entropy([42; 32]),
            &mut read,
            &mut write,
        );
        let session = pin!(session(&mailbox, TokioSocket::default(), settings));
        let mut socket = TlsSocket::new(&mailbox, session);
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            socket.connect(HOST, port).await.unwrap();
            socket.write_all(b"silence\nauthorization: SharedAccessKey secret").await.unwrap();
            socket.flush().await.unwrap();
        });
    }
    for memory in [&mail, &read, &write] {
        assert!(!memory.windows(6).any(|window| window == b"secret"));
    }
}

#[test]
fn the_session_of_another_mailbox_is_found_out() {
    let (mut mail, mut other) = ([0; 512], [0; 512]);
    let (mailbox, other) = (Mailbox::<ErrorKind>::new(&mut mail), Mailbox::new(&mut other));
    let settings = TlsSettings::new(Trust::Keys(&[]), TlsRandom::from_entropy([42; 32]), &mut [], &mut []);
    let session = pin!(session(&other, TokioSocket::default(), settings));
    let mut socket = TlsSocket::new(&mailbox, session);
    Builder::new_current_thread().build().unwrap().block_on(async {
        let error = socket.connect(HOST, 1).await.unwrap_err();
        assert_eq!(error, TlsConnectError::Tls(TlsError::WrongSession));
        assert_eq!(socket.last_error(), Some(TlsError::WrongSession));
    });
}
