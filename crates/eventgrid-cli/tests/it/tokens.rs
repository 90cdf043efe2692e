//! Tokens of Microsoft Entra ID that expire while a command runs.

#![cfg(unix)]

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eventgrid_emulator::Emulator;
use tempfile::TempDir;

use crate::support::{Bench, Ended};

/// A token that ends so many seconds from now.
fn token(name: &str, seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"name":"{name}","exp":{}}}"#, now + seconds));
    format!("eyJhbGciOiJSUzI1NiJ9.{claims}.c2ln")
}

/// A command that prints the first token once, and the second one from then on.
const FIRST_THEN_SECOND: &str = "if [ -e asked ]; then cat second; else touch asked; cat first; fi";

/// An emulator that accepts the access key and the second token, and not the first one.
fn bench(first: &str, second: &str) -> Bench {
    let authority = TempDir::new().unwrap();
    let builder = Emulator::builder().subscription("orders", "billing").tls_dev_in(authority.path());
    let bench = Bench::with(builder.bearer_token(second));
    bench.file("first", first);
    bench.file("second", second);
    bench.file("ca.pem", &std::fs::read_to_string(authority.path().join("ca.pem")).unwrap());
    bench.with_variable("SSL_CERT_FILE", "ca.pem").with_variable("SSL_CERT_DIR", "")
}

/// Runs a command whose token is first the one and then the other.
fn check(first: &str) {
    let second = token("second", 3600);
    for arguments in [
        &["publish", "--type", "A"][..],
        &["tail", "--ack", "--max", "1"],
        &["process", "--max", "1", "--", "true"],
    ] {
        let bench = bench(first, &second);
        bench.run(&["publish", "--type", "A"]).ends_with(0);
        let (command, rest) = arguments.split_first().unwrap();
        let arguments = [&[*command, "--key-command", FIRST_THEN_SECOND], rest].concat();
        let ended: Ended = bench.run(&arguments).ends_with(0);
        assert!(
            !ended.stderr.contains(first) && !ended.stderr.contains(&second),
            "a token is shown: {ended:?}"
        );
    }
}

#[test]
fn a_token_that_is_about_to_end_is_asked_for_anew() {
    check(&token("first", 60));
}

#[test]
fn a_token_that_is_refused_is_asked_for_anew() {
    check("eyJhbGciOiJSUzI1NiJ9.opaque.c2ln");
}

#[test]
fn a_token_that_cannot_be_had_is_an_error_that_says_why() {
    let bench = bench(&token("first", 3600), &token("second", 3600));
    let ended = bench.run(&["publish", "--type", "A", "--key-command", "exit 7"]).ends_with(3);
    assert!(ended.stderr.contains("exit status: 7"), "{ended:?}");
    let refused = bench.run(&["publish", "--type", "A", "--key-file", "first"]).ends_with(3);
    assert!(refused.stderr.contains("--key-command"), "{refused:?}");
}

/// Stands for the service that gives a managed identity its tokens, in an Azure App Service.
#[cfg(feature = "azure-identity")]
fn token_service(token: &str) -> (String, std::thread::JoinHandle<String>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/token", listener.local_addr().unwrap());
    let body = format!(
        r#"{{"access_token":"{token}","expires_on":"4102444800","token_type":"Bearer","resource":"x"}}"#
    );
    let serve = move || {
        let (mut connection, _) = listener.accept().unwrap();
        let lines = BufReader::new(connection.try_clone().unwrap()).lines().map(Result::unwrap);
        let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        let length = body.len();
        let head_of_response = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
        write!(connection, "{head_of_response}content-length: {length}\r\n\r\n{body}").unwrap();
        head.join("\n")
    };
    (endpoint, std::thread::spawn(serve))
}

#[cfg(feature = "azure-identity")]
#[test]
fn a_managed_identity_publishes() {
    let second = token("second", 3600);
    let (endpoint, asked) = token_service(&second);
    let bench =
        bench("", &second).with_variable("IDENTITY_ENDPOINT", endpoint).with_variable("IDENTITY_HEADER", "h");
    bench.run(&["publish", "--type", "A", "--entra-id", "managed"]).ends_with(0);
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("GET /token?") && asked.contains("resource=https%3A%2F%2Feventgrid.azure.net"),
        "{asked}"
    );
    assert_eq!(bench.accepted().len(), 1);
    let failed = bench.run(&["publish", "--type", "A", "--entra-id", "secret"]).ends_with(3);
    assert!(failed.stderr.contains("AZURE_TENANT_ID"), "{failed:?}");
}

#[cfg(not(feature = "azure-identity"))]
#[test]
fn a_program_without_entra_id_says_what_to_do_instead() {
    let bench = Bench::new();
    let ended = bench.run(&["publish", "--type", "A", "--entra-id", "developer"]).ends_with(2);
    assert!(
        ended.stderr.contains("--features azure-identity") && ended.stderr.contains("az account"),
        "{ended:?}"
    );
}
