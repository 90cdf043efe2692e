//! The device over TLS.

use core::pin::pin;

use eventgrid::{AsyncCredential, Environment};
use eventgrid_reqwless::tls::{
    Mailbox, TlsRandom, TlsSettings, TlsSocket, Trust, Validity, session, trust_anchor,
};
use eventgrid_reqwless::{Embassy, Socket};
use static_cell::ConstStaticCell;

use crate::{Configuration, Totals, network};

/// The memory of one connection.
struct Buffers {
    /// The largest record of a service with a chain on P-256: its responses are smaller. A public
    /// service needs more: 16640 bytes always do.
    read: [u8; 4096],
    write: [u8; 1024],
    mail: [u8; 512],
}

impl Buffers {
    const fn new() -> Self {
        Self { read: [0; 4096], write: [0; 1024], mail: [0; 512] }
    }
}

/// Runs a device over two connections, each protected by TLS.
///
/// # Panics
/// If it is called twice: there is one set of buffers. And if the root is not a certificate.
pub(crate) async fn run_over<S: Socket, C: AsyncCredential + Clone>(
    environment: &Embassy,
    [socket, other_socket]: [S; 2],
    configuration: Configuration<C>,
) -> Totals {
    static BUFFERS: ConstStaticCell<[Buffers; 2]> = ConstStaticCell::new([const { Buffers::new() }; 2]);

    let root = configuration.root.clone();
    let anchors = [trust_anchor(&root).expect("the root is a certificate")];
    let clock = || environment.unix_time();
    let trust = Trust::Anchors { anchors: &anchors, validity: Validity::At(&clock) };
    let mut random = TlsRandom::from_entropy(configuration.entropy);

    let [buffers, other_buffers] = BUFFERS.take();
    let settings = TlsSettings::new(trust, random.split(), &mut buffers.read, &mut buffers.write);
    let other_settings = TlsSettings::new(trust, random, &mut other_buffers.read, &mut other_buffers.write);
    let (mailbox, other_mailbox) = (Mailbox::new(&mut buffers.mail), Mailbox::new(&mut other_buffers.mail));
    let running = pin!(session(&mailbox, socket, settings));
    let other_running = pin!(session(&other_mailbox, other_socket, other_settings));
    let sockets = [TlsSocket::new(&mailbox, running), TlsSocket::new(&other_mailbox, other_running)];
    network::run_over(environment, sockets, configuration).await
}
