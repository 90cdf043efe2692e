//! Chains of certificates, good and bad ones, and servers that present them, for tests of TLS
//! clients in several crates. A server that breaks the protocol belongs to the test that needs it.
#![allow(clippy::missing_panics_doc, reason = "a test that cannot be prepared fails")]

pub mod chains;
pub mod server;
