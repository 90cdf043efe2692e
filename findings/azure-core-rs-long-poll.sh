#!/usr/bin/env bash
# azure_core 1.1.0 (crates.io), Azure's own HTTP client for Rust: a long poll of the time that Event
# Grid waits by default ends in an error, at the moment when its response is due.
#
# Expected: a client for Azure's services waits for a response that the service documents to hold
#   back. `receive` of a namespace waits for 60 seconds unless `maxWaitTime` says otherwise, and for
#   120 at the most. Python's SDK waits for 300 seconds.
# Seen: after 60 seconds in which no byte came, the request fails, whatever `maxWaitTime` is. There
#   is no option for it. A response after 58 seconds arrives.
#
# Why it matters: whoever receives from Event Grid by this client must ask for less than the
#   default, or each poll of an empty subscription is an error that the client's policy repeats.
#   Events that are delivered at that moment are locked for nobody, and each of them has lost a
#   delivery.
#
# Output:
#   a response after 58 s: 200 {"value":[]}
#   a response after 62 s: failed to execute `reqwest` request, after 60 s
#
# It needs Rust and takes some minutes: it builds the client, and waits as long as it says. The
# server is in the same process.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >Cargo.toml <<'END'
[package]
name = "long-poll"
edition = "2024"

[dependencies]
azure_core = { version = "=1.1.0", default-features = false, features = ["reqwest"] }
tokio = { version = "1", features = ["macros", "rt", "net", "io-util", "time"] }
END
mkdir src
cat >src/main.rs <<'END'
use std::time::{Duration, Instant};

use azure_core::http::{Method, Request, new_http_client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Serves one request, as late as a long poll is.
async fn serve(listener: TcpListener, after: Duration) {
    let (mut connection, _) = listener.accept().await.unwrap();
    let mut request = [0; 4096];
    let _ = connection.read(&mut request).await.unwrap();
    tokio::time::sleep(after).await;
    let response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"value\":[]}";
    let _ = connection.write_all(response).await;
}

async fn poll(seconds: u64) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Duration::from_secs(seconds)));
    let url = format!(
        "http://{address}/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01&maxWaitTime=120"
    );
    let request = Request::new(url.parse().unwrap(), Method::Post);
    let start = Instant::now();
    match new_http_client(None).execute_request(&request).await {
        Ok(response) => {
            let response = response.try_into_raw_response().await.unwrap();
            let body = String::from_utf8_lossy(response.body().as_ref()).into_owned();
            println!("a response after {seconds} s: {} {body}", u16::from(response.status()));
        }
        Err(error) => {
            println!("a response after {seconds} s: {error}, after {} s", start.elapsed().as_secs());
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tokio::join!(poll(58), poll(62));
}
END
cargo run --quiet | tee output.txt
diff output.txt - <<'END'
a response after 58 s: 200 {"value":[]}
a response after 62 s: failed to execute `reqwest` request, after 60 s
END
