//! Certificates that cannot be trusted.

use std::sync::Arc;

use rustls::ServerConfig;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::certificate::{Authority, self_signed_server};
use crate::options::Options;

/// The certificate is wrong, and the details say so.
const UNTRUSTED: Expected = Expected::untrusted("certificate");

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("expired", "the certificate has expired", UNTRUSTED, |attempts| {
        stage(attempts, Authority::expired_server)
    }),
    Fault::new("self_signed", "the certificate is signed by itself", UNTRUSTED, |attempts| {
        stage(attempts, |_| self_signed_server())
    }),
    Fault::new(
        "unknown_authority",
        "the authority of the certificate is not trusted",
        UNTRUSTED,
        |attempts| stage(attempts, |_| Authority::new().server_for("localhost")),
    ),
    Fault::new("wrong_name", "the certificate is for another name", UNTRUSTED, |attempts| {
        stage(attempts, |authority| authority.server_for("eventgrid.invalid"))
    }),
];

fn stage(attempts: usize, server: fn(&Authority) -> Arc<ServerConfig>) -> Stage {
    let authority = Authority::new();
    let options = Options { root_certificate: Some(authority.pem()), ..Options::default() };
    Stage::secured(attempts, &server(&authority)).options(options)
}
