//! TLS: whom the device trusts, and the memory of its connection.

use eventgrid_reqwless::tls::{
    CertificateDer, Mailbox, TlsRandom, TlsSettings, Trust, TrustAnchor, Validity, trust_anchor,
};
use static_cell::{ConstStaticCell, StaticCell};

/// The authority that issued the service's chain.
static ROOT: CertificateDer<'static> = CertificateDer::from_slice(include_bytes!(env!(
    "EVENTGRID_ROOT",
    "set it to the absolute path of the authority's certificate, in DER"
)));

/// How the connection is made.
///
/// # Panics
/// If it is called twice: there is one set of buffers. And if what was built in is not a
/// certificate.
pub(crate) fn settings() -> TlsSettings<'static> {
    static ANCHORS: StaticCell<[TrustAnchor<'static>; 1]> = StaticCell::new();
    // The largest record that there can be: the service says how large its records are.
    static READ: ConstStaticCell<[u8; 16_640]> = ConstStaticCell::new([0; 16_640]);
    static WRITE: ConstStaticCell<[u8; 1024]> = ConstStaticCell::new([0; 1024]);

    let root = trust_anchor(&ROOT).expect("a certificate was built in");
    TlsSettings::new(
        Trust::Anchors { anchors: ANCHORS.init([root]), validity: Validity::At(&firmware_board::unix_time) },
        TlsRandom::from_entropy(firmware_board::random_bytes()),
        READ.take(),
        WRITE.take(),
    )
}

/// Where the socket and its session meet.
///
/// # Panics
/// If it is called twice.
pub(crate) fn mailbox() -> Mailbox<'static> {
    // The longest name of a host, twice.
    static MAIL: ConstStaticCell<[u8; 512]> = ConstStaticCell::new([0; 512]);
    Mailbox::new(MAIL.take())
}
