//! Buffers that are too small, and some that are just large enough.

use embedded_tls_webpki::TlsError;
use tls_servers::chains::{Chain, HOST, server};
use tls_servers::server::start;

use crate::support::device::{AT, Device, trusting};

#[test]
fn a_read_buffer_says_how_large_it_must_be() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    trusting(chain.root.der(), AT, |device| {
        let refused = Device { read_buffer: 512, ..device }.echo(HOST, port);
        let Err(TlsError::ReadBufferTooSmall { needed }) = refused else { panic!("{refused:?}") };
        // The signature of another handshake may be a few bytes longer.
        assert_eq!(Device { read_buffer: needed + 8, ..device }.echo(HOST, port), Ok(()), "{needed} bytes");
    });
}

#[test]
fn a_write_buffer_must_hold_the_hello() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    trusting(chain.root.der(), AT, |device| {
        let refused = Device { write_buffer: 200, ..device }.echo(HOST, port);
        assert_eq!(refused, Err(TlsError::WriteBufferTooSmall));
        assert_eq!(Device { write_buffer: 512, ..device }.echo(HOST, port), Ok(()));
    });
}

#[test]
fn a_mailbox_must_hold_the_host() {
    let chain = Chain::new(server(&[HOST]));
    let port = start(&chain);
    trusting(chain.root.der(), AT, |device| {
        let refused = Device { mailbox: 2 * HOST.len() - 2, ..device }.echo(HOST, port);
        assert_eq!(refused, Err(TlsError::MailboxTooSmall));
        assert_eq!(Device { mailbox: 2 * HOST.len(), ..device }.echo(HOST, port), Ok(()));
    });
}
