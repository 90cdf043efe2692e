//! Certificates that cannot be trusted.

use std::sync::Arc;

use rustls::ServerConfig;

use super::expected::Expected;
use super::{Fault, Stage};
use crate::Options;
use crate::certificate::{Authority, self_signed_server};

/// What is wrong is the certificate's matter, and the details say so.
const UNTRUSTED: Expected = Expected::untrusted("certificate");

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("expired", "the certificate has expired", UNTRUSTED, |tries| {
        stage(tries, Authority::expired_server)
    }),
    Fault::new("self_signed", "the certificate is signed by itself", UNTRUSTED, |tries| {
        stage(tries, |_| self_signed_server())
    }),
    Fault::new("unknown_authority", "the authority of the certificate is not trusted", UNTRUSTED, |tries| {
        stage(tries, |_| Authority::new().server_for("localhost"))
    }),
    Fault::new("wrong_name", "the certificate is for another name", UNTRUSTED, |tries| {
        stage(tries, |authority| authority.server_for("eventgrid.invalid"))
    }),
];

fn stage(tries: usize, server: fn(&Authority) -> Arc<ServerConfig>) -> Stage {
    let authority = Authority::new();
    let options = Options { root_certificate: Some(authority.pem()), ..Options::default() };
    Stage::secured(tries, &server(&authority)).options(options)
}
