#!/usr/bin/env bash
# ureq 3.5.2: a connection that is reset in the middle of a body is a complete response, if the body
# ends with the connection.
#
# Expected: `read_to_string` returns an I/O error, as it does where the head gives a length. HTTP
#   lets a body without a length end by the close of the connection (RFC 9112, 6.3); a reset is no
#   close, and every reader of the socket itself is told ConnectionReset.
# Seen: it returns Ok with the part that came. Nothing tells it from a whole body.
#
# Why it matters: a proxy or a load balancer that responds in HTTP/1.0 style and dies takes a part
#   of the body with it, and the caller cannot know. For JSON, the parser mostly notices; for an
#   empty, textual or line-based body, nobody does. A program that needs to know must see the
#   socket's error itself, by a connector of its own around ureq's transport.
#
# Output:
#   without a length, closed: Ok("whole")
#   without a length, reset: Ok("who")
#   with a length, reset: Err(UnexpectedEof)
#
# It needs Rust and crates.io. The server is in the same process.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "reset-is-end"
version = "0.0.0"
edition = "2021"

[dependencies]
socket2 = "=0.6.1"
ureq = { version = "=3.5.2", default-features = false }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use socket2::SockRef;

/// Responds to one request with these bytes, and ends the connection.
fn respond(listener: TcpListener, response: &str, is_reset: bool) {
    let (mut connection, _) = listener.accept().expect("a connection");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).expect("the head of a request");
        head.push(byte[0]);
    }
    connection.write_all(response.as_bytes()).expect("the response is sent");
    // The client has read all of it by then.
    std::thread::sleep(Duration::from_millis(300));
    if is_reset {
        SockRef::from(&connection).set_linger(Some(Duration::ZERO)).expect("a reset");
    }
}

fn show(name: &str, response: &'static str, is_reset: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || respond(listener, response, is_reset));
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into();
    let body = agent.get(url).call().and_then(|mut response| response.body_mut().read_to_string());
    match body {
        Err(ureq::Error::Io(error)) => println!("{name}: Err({:?})", error.kind()),
        body => println!("{name}: {body:?}"),
    }
    server.join().expect("the server ends");
}

fn main() {
    show("without a length, closed", "HTTP/1.1 200 OK\r\n\r\nwhole", false);
    show("without a length, reset", "HTTP/1.1 200 OK\r\n\r\nwho", true);
    show("with a length, reset", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwho", true);
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
without a length, closed: Ok("whole")
without a length, reset: Ok("who")
with a length, reset: Err(UnexpectedEof)
END
