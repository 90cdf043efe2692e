#!/usr/bin/env bash
# serde 1.0.229 with serde_json 1.0.154 (crates.io): an enum that takes `type` for its tag and
# `data` for its content reads some data only where `type` comes first. Azure's SDK writes both
# orders.
#
# Expected: the members of a JSON object have no order (RFC 8259, 4), and serde documents none for
#   `#[serde(tag = "type", content = "data")]`. An event is read whichever member comes first. What
#   another crate of the program enables in serde_json does not decide whether a number is read.
# Seen: data that comes before its type is kept in a buffer, which is no JSON any more. Out of it,
#   keys of a map are not read as numbers or booleans, nor is a u128, an i128 or a RawValue. With
#   the feature arbitrary_precision, which any crate of the program can enable for all of it, every
#   number with a fraction is refused there, too. Where the type comes first, all of this is read.
#   azure-eventgrid 4.22.1 (PyPI) writes the type first for a topic of a namespace, and the data
#   first for a basic topic, in both schemas.
#
# Why it matters: the enum is the obvious way to read events by type. It works in tests, and for
#   most publishers, and refuses the events of one that uses another library or another kind of
#   topic, or all readings once a dependency is added. Read the event with `data` as a RawValue
#   first, and then the data as what the type says. This project's views do that: `data` is the JSON
#   as it came, and `DataView::deserialize` reads it.
#
# Output:
#   basic topic, CloudEvents: data, then type
#     counts: invalid type: string "1", expected u32
#     total: u128 is not supported
#     raw: invalid type: newtype struct, expected any valid JSON value
#     reading: read
#   basic topic, Event Grid schema: data, then eventType
#     counts: invalid type: string "1", expected u32
#     total: u128 is not supported
#     raw: invalid type: newtype struct, expected any valid JSON value
#     reading: read
#   namespace topic: type, then data
#     counts: read
#     total: read
#     raw: read
#     reading: read
#   with arbitrary_precision
#   basic topic, CloudEvents: data, then type
#     reading: invalid type: map, expected f64
#   basic topic, Event Grid schema: data, then eventType
#     reading: invalid type: map, expected f64
#   namespace topic: type, then data
#     reading: read
#
# It needs Python 3.10 or later, and Rust with crates.io. The server that is published to is in the
# same process as the client.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache" CARGO_TARGET_DIR="$folder/target"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1
cat >main.py <<'END'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        print(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}"
key = AzureKeyCredential("a2V5")
basic = EventGridPublisherClient(f"{endpoint}/api/events", key)
namespace = EventGridPublisherClient(endpoint, key, namespace_topic="topic")
all_data = {"counts": {"1": 2}, "total": 2**64, "raw": {"a": 1}, "reading": {"celsius": 21.5}}


def cloud_events():
    return [CloudEvent(source="/s", type=name, data=data) for name, data in all_data.items()]


def event_grid_events():
    return [
        EventGridEvent(subject="s", event_type=name, data_version="1", data=data) for name, data in all_data.items()
    ]


for name, client, events in [
    ("basic topic, CloudEvents", basic, cloud_events()),
    ("basic topic, Event Grid schema", basic, event_grid_events()),
    ("namespace topic", namespace, cloud_events()),
]:
    print(name, flush=True)
    client.send(events)
END
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "tag-after-data"
version = "0.0.0"
edition = "2021"

[dependencies]
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = { version = "=1.0.154", features = ["raw_value"] }

[features]
arbitrary-precision = ["serde_json/arbitrary_precision"]

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "lowercase")]
#[allow(dead_code)]
enum Event {
    Counts(BTreeMap<u32, u64>),
    Total(u128),
    Raw(Box<RawValue>),
    Reading { celsius: f64 },
}

#[derive(Deserialize)]
#[serde(tag = "eventType", content = "data", rename_all = "lowercase")]
#[allow(dead_code)]
enum EventGridEvent {
    Counts(BTreeMap<u32, u64>),
    Total(u128),
    Raw(Box<RawValue>),
    Reading { celsius: f64 },
}

fn read<T: for<'a> Deserialize<'a>>(event: &RawValue) -> String {
    match serde_json::from_str::<T>(event.get()) {
        Ok(_) => "read".into(),
        Err(error) => error.to_string().split(" at line").next().unwrap_or_default().into(),
    }
}

fn main() {
    let lines: Vec<_> = std::io::stdin().lines().map(|line| line.expect("a line")).collect();
    for topic in lines.chunks(2) {
        let events: Vec<&RawValue> = serde_json::from_str(&topic[1]).expect("an array");
        let member = if topic[1].contains("\"eventType\"") { "eventType" } else { "type" };
        let data_first = topic[1].find("\"data\"") < topic[1].find(&format!("\"{member}\""));
        let (first, second) = if data_first { ("data", member) } else { (member, "data") };
        println!("{}: {first}, then {second}", topic[0]);
        for (name, event) in ["counts", "total", "raw", "reading"].into_iter().zip(events) {
            if cfg!(feature = "arbitrary-precision") && name != "reading" {
                continue;
            }
            let result = if member == "type" { read::<Event>(event) } else { read::<EventGridEvent>(event) };
            println!("  {name}: {result}");
        }
    }
}
END
venv/bin/python main.py >published
{ cargo build --quiet && mv target/debug/tag-after-data plain && cargo build --quiet --features arbitrary-precision; } \
  2>build || { cat build >&2; exit 1; }
./plain <published >seen
echo "with arbitrary_precision" >>seen
target/debug/tag-after-data <published >>seen
cat seen
diff seen - <<'END'
basic topic, CloudEvents: data, then type
  counts: invalid type: string "1", expected u32
  total: u128 is not supported
  raw: invalid type: newtype struct, expected any valid JSON value
  reading: read
basic topic, Event Grid schema: data, then eventType
  counts: invalid type: string "1", expected u32
  total: u128 is not supported
  raw: invalid type: newtype struct, expected any valid JSON value
  reading: read
namespace topic: type, then data
  counts: read
  total: read
  raw: read
  reading: read
with arbitrary_precision
basic topic, CloudEvents: data, then type
  reading: invalid type: map, expected f64
basic topic, Event Grid schema: data, then eventType
  reading: invalid type: map, expected f64
namespace topic: type, then data
  reading: read
END
