#!/usr/bin/env bash
# embedded-tls 0.19.0 (crates.io): with a maximum fragment length, which it offers to save memory, a
# handshake fails if the certificates do not fit into one fragment. The error says that a
# certificate is not valid.
#
# Expected: `with_max_fragment_length` "may help reduce memory size", as its docs say. The server
#   then sends smaller records (RFC 6066, 4), and what is longer than one comes in several. TLS
#   allows that for messages of the handshake as for data (RFC 8446, 5.1).
# Seen: OpenSSL grants the length. Data comes in small records and is read. So do the certificates,
#   but a record of the handshake is only read if its messages are whole. A length therefore works
#   only where the message with the whole chain is shorter. A server that sends small records
#   unasked fails in the same way.
#
# Why it matters: 4096 bytes are the largest length that there is. Chains of public services, with
#   RSA and many names, are often longer, or become so with a renewal. A test server with one short
#   certificate works with all lengths, and the error looks like one of the certificates. Leave the
#   option out, and give the read buffer the size of the largest record. This project's
#   embedded-tls-webpki does not ask for a length, and its error names the split message.
#
# Output:
#   a certificate of 0.4 KB: read with 512, 1024, 2048, 4096, no length
#   a certificate of 2.7 KB: InvalidCertificate with 512, 1024, 2048; read with 4096, no length
#   a certificate of 4.4 KB: InvalidCertificate with 512, 1024, 2048, 4096; read with no length
#   a certificate of 4.4 KB, small records unasked: InvalidCertificate with no length
#
# It needs Rust with crates.io, and OpenSSL 3, which makes the certificates and is the server.
set -euo pipefail
folder=$(mktemp -d)
export CARGO_TARGET_DIR="$folder/target"
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "fragment-length"
version = "0.0.0"
edition = "2021"

[dependencies]
embedded-io = "=0.7.1"
embedded-io-adapters = { version = "=0.7.0", features = ["std"] }
embedded-tls = { version = "=0.19.0", default-features = false, features = ["std"] }
rand = "=0.8.5"

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use std::collections::BTreeMap;
use std::env::args;
use std::net::TcpStream;

use embedded_io::{Read, Write};
use embedded_io_adapters::std::FromStd;
use embedded_tls::blocking::{Aes128GcmSha256, TlsConfig, TlsConnection, TlsContext};
use embedded_tls::{MaxFragmentLength, TlsError, UnsecureProvider};
use rand::rngs::OsRng;

fn ask(address: &str, length: Option<MaxFragmentLength>) -> Result<(), TlsError> {
    let stream = FromStd::new(TcpStream::connect(address).expect("the server accepts"));
    let (mut read, mut write) = (vec![0; 16640], vec![0; 16640]);
    let mut config = TlsConfig::new().with_server_name("localhost");
    if let Some(length) = length {
        config = config.with_max_fragment_length(length);
    }
    let mut tls = TlsConnection::<_, Aes128GcmSha256>::new(stream, &mut read, &mut write);
    // Certificates are not verified here, so what fails is to read them.
    tls.open(TlsContext::new(&config, UnsecureProvider::new(OsRng)))?;
    tls.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    tls.flush()?;
    let mut response = [0; 2048];
    tls.read_exact(&mut response).expect("a response of 2 KB");
    assert!(response.starts_with(b"HTTP/1.0 200 "));
    Ok(())
}

fn main() {
    let words: Vec<_> = args().skip(1).collect();
    let mut results = BTreeMap::<String, Vec<&str>>::new();
    for word in &words[1..] {
        let length = match word.as_str() {
            "512" => Some(MaxFragmentLength::Bits9),
            "1024" => Some(MaxFragmentLength::Bits10),
            "2048" => Some(MaxFragmentLength::Bits11),
            "4096" => Some(MaxFragmentLength::Bits12),
            _ => None,
        };
        let result = ask(&words[0], length).map_or_else(|error| format!("{error:?}"), |()| "read".into());
        results.entry(result).or_default().push(word);
    }
    let texts: Vec<_> = results.iter().map(|(result, words)| format!("{result} with {}", words.join(", "))).collect();
    println!("{}", texts.join("; "));
}
END
cargo build --quiet 2>build || { cat build >&2; exit 1; }

# Makes a certificate for one name and MORE others: certificate MORE
certificate() {
    local names
    names=$(printf 'DNS:localhost'; for ((n = 0; n < $1; n++)); do printf ',DNS:device-%04d.example.com' "$n"; done)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem \
        -subj /CN=localhost -addext "subjectAltName=$names" -days 1 2>log || { cat log >&2; exit 1; }
    openssl x509 -in certificate.pem -outform der | wc -c
}

# Asks a server with that certificate: ask LENGTHS [OPTION_OF_SERVER..]
ask() {
    local lengths address=
    IFS=, read -ra lengths <<<"$1"
    shift
    rm -f server
    openssl s_server -accept 127.0.0.1:0 -tls1_3 -www -key key.pem -cert certificate.pem "$@" >server 2>&1 &
    server=$!
    for ((n = 0; n < 100; n++)); do
        address=$(sed -n 's/^ACCEPT //p' server 2>/dev/null) || true
        [ -z "$address" ] || break
        sleep 0.1
    done
    target/debug/fragment-length "$address" "${lengths[@]}"
    kill "$server"
    wait "$server" || true
    server=
}

{
    for more in 0 90 160; do
        length=$((($(certificate "$more") + 50) / 100))
        size="a certificate of $((length / 10)).$((length % 10)) KB"
        echo "$size: $(ask '512,1024,2048,4096,no length')"
    done
    echo "$size, small records unasked: $(ask 'no length' -max_send_frag 512)"
} >seen
cat seen
diff seen - <<'END'
a certificate of 0.4 KB: read with 512, 1024, 2048, 4096, no length
a certificate of 2.7 KB: InvalidCertificate with 512, 1024, 2048; read with 4096, no length
a certificate of 4.4 KB: InvalidCertificate with 512, 1024, 2048, 4096; read with no length
a certificate of 4.4 KB, small records unasked: InvalidCertificate with no length
END
