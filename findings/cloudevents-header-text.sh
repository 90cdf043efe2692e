#!/usr/bin/env bash
# cloudevents 10.0.0 (npm), cloudevents-sdk 0.9.0 (crates.io): attributes in headers are neither
# percent-encoded nor decoded. Some events cannot be sent or read, others get another subject.
#
# Expected: in binary content mode an attribute is percent-encoded in its header and decoded by the
#   receiver, as CloudEvents demands (HTTP protocol binding 1.0, 3.1.3.2), and as cloudevents 2.2.0
#   for Python does. An event has the same subject whichever library wrote and read it.
# Seen: JavaScript and Rust put the text itself into the header. `fetch` throws for 東京, and sends
#   Zürich as Latin-1. Rust writes bytes of UTF-8, which it refuses to read. A percent sign stays as
#   it is, so what these two send as 50%25 is 50% to a receiver that decodes. Neither decodes what
#   Python has encoded.
#
# Why it matters: `subject` and `source` name places, files and devices, and are what filters and
#   deduplication compare. Between two libraries they change, or the event is lost, and a test with
#   one library on both sides may not show it. Structured mode has none of this. Where binary mode
#   is given, encode and decode attributes yourself beside these two. This project encodes what it
#   publishes in binary mode, and its webhooks decode.
#
# Output:
#   Python, Berlin: sent as Berlin, read as Berlin
#   Python, 50%25: sent as 50%2525, read as 50%25
#   Python, Zürich: sent as Z%C3%BCrich, read as Zürich
#   Python, 東京: sent as %E6%9D%B1%E4%BA%AC, read as 東京
#   JavaScript, Berlin: sent as Berlin, read as Berlin
#   JavaScript, 50%25: sent as 50%25, read as 50%25
#   JavaScript, Zürich: sent as bytes 5afc72696368, read as Zürich
#   JavaScript, 東京: not sent, TypeError
#   JavaScript, from elsewhere: sent as %E6%9D%B1%E4%BA%AC, read as %E6%9D%B1%E4%BA%AC
#   Rust, Berlin: sent as Berlin, read as Berlin
#   Rust, 50%25: sent as 50%25, read as 50%25
#   Rust, Zürich: sent as bytes 5ac3bc72696368, read as an error
#   Rust, 東京: sent as bytes e69db1e4baac, read as an error
#   Rust, from elsewhere: sent as %E6%9D%B1%E4%BA%AC, read as %E6%9D%B1%E4%BA%AC
#
# It needs Node.js 20 or later with npm, Python 3.10 or later, and Rust with crates.io. The server
# is in the same process as the client in JavaScript.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
cat >main.py <<'END'
from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

for subject in ["Berlin", "50%25", "Zürich", "東京"]:
    written = http.to_binary_event(CloudEvent({"id": "1", "source": "/s", "type": "T", "subject": subject}, None))
    read = http.from_binary_event(written).get_subject()
    print(f"Python, {subject}: sent as {written.headers['ce-subject']}, read as {read}")
END
cat >main.js <<'END'
const { once } = require("node:events");
const http = require("node:http");
const { CloudEvent, HTTP } = require("cloudevents");

let received;
const server = http.createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  received = { headers: request.headers, body };
  response.end();
});

const show = (bytes) => (/^[ -~]*$/.test(bytes) ? bytes : `bytes ${Buffer.from(bytes, "latin1").toString("hex")}`);

async function send(headers, body) {
  const url = `http://127.0.0.1:${server.address().port}`;
  await fetch(url, { method: "POST", headers: { ...headers, connection: "close" }, body });
  return `sent as ${show(received.headers["ce-subject"])}, read as ${HTTP.toEvent(received).subject}`;
}

(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  for (const subject of ["Berlin", "50%25", "Zürich", "東京"]) {
    const { headers, body } = HTTP.binary(new CloudEvent({ id: "1", source: "/s", type: "T", subject, data: {} }));
    const result = await send(headers, body).catch((error) => `not sent, ${error.constructor.name}`);
    console.log(`JavaScript, ${subject}: ${result}`);
    if (subject === "東京") {
      console.log(`JavaScript, from elsewhere: ${await send({ ...headers, "ce-subject": encodeURI(subject) }, body)}`);
    }
  }
  server.close();
})();
END
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "header-text"
version = "0.0.0"
edition = "2021"

[dependencies]
cloudevents-sdk = { version = "=0.9.0", default-features = false, features = ["http-binding"] }
http = "=1.3.1"

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use cloudevents::binding::http::to_event;
use cloudevents::{AttributesReader, EventBuilder, EventBuilderV10};
use http::{HeaderValue, Request};

fn show(value: &HeaderValue) -> String {
    match value.to_str() {
        Ok(text) => text.into(),
        Err(_) => format!("bytes {}", value.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}

fn read(request: &Request<Option<Vec<u8>>>) -> String {
    match to_event(request.headers(), Vec::new()) {
        Ok(event) => event.subject().unwrap_or("none").into(),
        Err(_) => "an error".into(),
    }
}

fn main() {
    for subject in ["Berlin", "50%25", "Zürich", "東京"] {
        let event = EventBuilderV10::new().id("1").source("/s").ty("T").subject(subject).build().expect("an event");
        let mut request: Request<Option<Vec<u8>>> = event.try_into().expect("a request");
        let written = show(&request.headers()["ce-subject"]);
        println!("Rust, {subject}: sent as {written}, read as {}", read(&request));
        if subject == "東京" {
            request.headers_mut().insert("ce-subject", HeaderValue::from_static("%E6%9D%B1%E4%BA%AC"));
            let sent = show(&request.headers()["ce-subject"]);
            println!("Rust, from elsewhere: sent as {sent}, read as {}", read(&request));
        }
    }
}
END
venv/bin/python main.py >seen
node main.js >>seen
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >>seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
Python, Berlin: sent as Berlin, read as Berlin
Python, 50%25: sent as 50%2525, read as 50%25
Python, Zürich: sent as Z%C3%BCrich, read as Zürich
Python, 東京: sent as %E6%9D%B1%E4%BA%AC, read as 東京
JavaScript, Berlin: sent as Berlin, read as Berlin
JavaScript, 50%25: sent as 50%25, read as 50%25
JavaScript, Zürich: sent as bytes 5afc72696368, read as Zürich
JavaScript, 東京: not sent, TypeError
JavaScript, from elsewhere: sent as %E6%9D%B1%E4%BA%AC, read as %E6%9D%B1%E4%BA%AC
Rust, Berlin: sent as Berlin, read as Berlin
Rust, 50%25: sent as 50%25, read as 50%25
Rust, Zürich: sent as bytes 5ac3bc72696368, read as an error
Rust, 東京: sent as bytes e69db1e4baac, read as an error
Rust, from elsewhere: sent as %E6%9D%B1%E4%BA%AC, read as %E6%9D%B1%E4%BA%AC
END
