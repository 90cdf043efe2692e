#!/usr/bin/env bash
# reqwless 0.14.0: a 1xx response is taken for the final one, and chunked bodies are read only in
# their plainest form.
#
# Expected: a client that reads HTTP/1.1 passes over interim responses (RFC 9110, 15.2), reads the
#   names of transfer codings in any case (RFC 9112, 7), passes over extensions of chunks that it
#   does not know (7.1.1), and reads trailers, or drops them (7.1.2).
# Seen: the status of a request that was accepted is 100 or 103, with an empty body, and the
#   response itself is left on the connection, for the next request. `Chunked` is refused, and so are any
#   extension and any trailer, after the whole of the body has come.
#
# Why it matters: a proxy in front of a service may send each of these, and then a device that
#   works against the service itself takes what was accepted for refused, and sends it again.
#
# Output:
#   chunked: 200 "hello"
#   Chunked: Codec
#   an extension: 200 Codec
#   a trailer: 200 Codec
#   200 after 100: 100 ""
#   200 after 103: 103 ""
#
# It needs Rust and crates.io. What comes is in memory; nothing else is run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "valid-responses"
version = "0.0.0"
edition = "2021"

[dependencies]
embassy-futures = "=0.1.2"
embedded-io-async = "=0.7.0"
reqwless = { version = "=0.14.0", default-features = false }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use embassy_futures::block_on;
use embedded_io_async::{ErrorType, Read};
use reqwless::request::Method;
use reqwless::response::Response;
use reqwless::TryBufRead;

/// What comes on a connection, a piece each time.
struct Pieces<'a>(Vec<&'a [u8]>);

impl ErrorType for Pieces<'_> {
    type Error = core::convert::Infallible;
}

impl Read for Pieces<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let Some(first) = self.0.first_mut() else { return Ok(0) };
        let read = first.read(buffer).await?;
        self.0.retain(|piece| !piece.is_empty());
        Ok(read)
    }
}

impl TryBufRead for Pieces<'_> {}

fn show(name: &str, pieces: &[&str]) {
    let mut connection = Pieces(pieces.iter().map(|piece| piece.as_bytes()).collect());
    let mut buffer = [0; 1024];
    let shown = block_on(async {
        let response = match Response::read(&mut connection, Method::GET, &mut buffer).await {
            Ok(response) => response,
            Err(error) => return format!("{error:?}"),
        };
        let status = response.status.0;
        match response.body().read_to_end().await {
            Ok(body) => format!("{status} {:?}", String::from_utf8_lossy(body)),
            Err(error) => format!("{status} {error:?}"),
        }
    });
    println!("{name}: {shown}");
}

fn chunked(name: &str, coding: &str, body: &str) {
    show(name, &[&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n{body}")]);
}

fn main() {
    chunked("chunked", "chunked", "5\r\nhello\r\n0\r\n\r\n");
    chunked("Chunked", "Chunked", "5\r\nhello\r\n0\r\n\r\n");
    chunked("an extension", "chunked", "5;a=b\r\nhello\r\n0\r\n\r\n");
    chunked("a trailer", "chunked", "5\r\nhello\r\n0\r\nDigest: x\r\n\r\n");
    let found = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    show("200 after 100", &["HTTP/1.1 100 Continue\r\n\r\n", found]);
    show("200 after 103", &["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", found]);
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
chunked: 200 "hello"
Chunked: Codec
an extension: 200 Codec
a trailer: 200 Codec
200 after 100: 100 ""
200 after 103: 103 ""
END
