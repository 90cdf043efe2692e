//! What a failure to connect becomes: its kind and its text.

use std::error::Error;

use eventgrid::TransportErrorKind::{Connect, Tls};
use eventgrid_reqwless::tls::TlsError;
use eventgrid_reqwless::{ConnectError, Socket};
use tls_servers::chains::{Chain, HOST, Kind, Party, server};
use tls_servers::server::{listen, start};

use crate::support::{REFUSED, run};

/// What a transport sees of connecting.
fn failure(root: Vec<u8>, port: u16) -> (ConnectError, Option<TlsError>) {
    run(root, async |socket| {
        let error = Socket::connect(socket, HOST, port).await.unwrap_err();
        (error, socket.last_error())
    })
}

fn words(error: &ConnectError) -> String {
    error.source().unwrap().to_string()
}

#[test]
fn a_server_that_is_not_to_be_trusted_is_a_failure_of_tls_with_its_words() {
    let chain = Chain::new(server(&["other.example"]));
    let (error, last) = failure(chain.root.der(), start(&chain));
    assert_eq!(error.kind(), Tls);
    assert_eq!(words(&error), TlsError::WrongHost.reason());
    assert_eq!(last, Some(TlsError::WrongHost));
}

#[test]
fn the_error_of_the_socket_below_stays_what_it_is() {
    let (error, last) = failure(Party::root(Kind::P256).der(), 1);
    assert_eq!(error, REFUSED);
    assert_eq!(last, None);
}

#[test]
fn a_connection_that_breaks_within_the_handshake_is_no_failure_of_tls() {
    let port = listen(drop);
    let (error, last) = failure(Party::root(Kind::P256).der(), port);
    assert!(matches!(last, Some(TlsError::Io(_))), "{last:?}");
    assert_eq!(error.kind(), Connect);
}
