#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod connection;
mod error;
mod handshake;
mod trust;

pub use connection::{Mailbox, Reconnect, TlsSettings, TlsSocket, session};
pub use error::{TlsConnectError, TlsError};
pub use handshake::{ClientIdentity, InvalidKey, TlsRandom};
pub use rustls_pki_types::{CertificateDer, TrustAnchor};
pub use trust::{KeyHash, Trust, Validity, trust_anchor};
