//! Trusted certificates from the environment, and what errors of TLS say to do.

use std::env;
use std::fs;
use std::path::PathBuf;

use eventgrid::TransportErrorKind::{Connect, Tls};

use crate::certificate::{Authority, self_signed_server};
use crate::exchange::Exchange;
use crate::options::Options;
use crate::process;
use crate::server::{Reserved, Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    the_authority_that_a_variable_names_is_trusted,
    and_no_other_one_is,
    a_file_that_cannot_be_read_is_named,
    a_file_without_a_certificate_is_named,
    errors_of_tls_say_what_to_do,
    a_host_that_refuses_connections_is_named,
];

/// Where the child sends its request.
const URL: &str = "CONFORMANCE_URL";

/// A file that is there until the end of a row.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &str) -> Self {
        let path = env::temp_dir().join(format!("{name}-{}.pem", std::process::id()));
        fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// Runs the row again with the certificates of that file as the only trusted ones; returns how many
/// requests came.
fn run_again(row: &str, path: &str, authority: &Authority) -> usize {
    let server = Server::start_tls(authority.server_for("localhost"), [Script::new().respond(OK)]);
    let row = format!("transport::roots::{row}");
    process::run_again_with(&row, [("SSL_CERT_FILE", path), (URL, &server.https_url())]);
    server.finish().requests.len()
}

/// What comes of a request of the child.
fn send(adapter: Adapter) -> crate::exchange::Outcome {
    Exchange::publish(env::var(URL).unwrap()).send(&adapter(&Options::default()))
}

fn the_authority_that_a_variable_names_is_trusted(adapter: Adapter) {
    if process::is_child() {
        return send(adapter).assert_response(200, b"{}");
    }
    let authority = Authority::new();
    let file = File::new("trusted", &authority.pem());
    let row = "the_authority_that_a_variable_names_is_trusted";
    assert_eq!(run_again(row, file.0.to_str().unwrap(), &authority), 1);
}

fn and_no_other_one_is(adapter: Adapter) {
    if process::is_child() {
        return send(adapter).assert_failure_saying(Tls, &["no trusted authority"]);
    }
    let file = File::new("other", &Authority::named("Another one").pem());
    assert_eq!(run_again("and_no_other_one_is", file.0.to_str().unwrap(), &Authority::new()), 0);
}

fn a_file_that_cannot_be_read_is_named(adapter: Adapter) {
    if process::is_child() {
        return send(adapter).assert_failure_saying(Tls, &["SSL_CERT_FILE", "/nowhere/roots.pem"]);
    }
    let row = "a_file_that_cannot_be_read_is_named";
    assert_eq!(run_again(row, "/nowhere/roots.pem", &Authority::new()), 0);
}

fn a_file_without_a_certificate_is_named(adapter: Adapter) {
    if process::is_child() {
        return send(adapter).assert_failure_saying(Tls, &["SSL_CERT_FILE", "without", "no usable"]);
    }
    let file = File::new("without", "This is not a certificate");
    let row = "a_file_without_a_certificate_is_named";
    assert_eq!(run_again(row, file.0.to_str().unwrap(), &Authority::new()), 0);
}

fn errors_of_tls_say_what_to_do(adapter: Adapter) {
    let authority = Authority::new();
    let secured = |config| Server::start_tls(config, [Script::new().respond(OK)]);
    let plain = Script::new().write("HTTP/1.1 400 Bad Request\r\n\r\n").close();
    let rows = [
        (secured(self_signed_server()), "root_certificates"),
        (secured(Authority::named("Another one").server_for("localhost")), "SSL_CERT_FILE"),
        (secured(authority.server_for("eventgrid.invalid")), "another name"),
        (secured(authority.expired_server()), "has expired"),
        (Server::start([plain]), "without a scheme, an endpoint means https"),
    ];
    for (server, advice) in rows {
        let address = server.https_url().replace("https://", "");
        let subject = adapter(&Options { root_certificate: Some(authority.pem()), ..Options::default() });
        let outcome = Exchange::publish(server.https_url()).send(&subject);
        outcome.assert_failure_saying(Tls, &[&address, advice]);
        server.finish();
    }
}

fn a_host_that_refuses_connections_is_named(adapter: Adapter) {
    let nobody = Reserved::new();
    let address = nobody.url().replace("http://", "");
    let outcome = Exchange::publish(nobody.url()).send(&adapter(&Options::default()));
    outcome.assert_failure_saying(Connect, &[&address]);
}
