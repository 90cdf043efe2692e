#!/usr/bin/env bash
# cloudevents-sdk 0.9.0 (crates.io): `dataschema` is rewritten, and an event whose media type has a
# capital letter is not read back.
#
# Expected: attributes come out as they went in, as `source` does, which is a URI, too. What the
#   crate writes it also reads.
# Seen: `dataschema` is held as a `url::Url`. It gets a slash and small letters, and loses its
#   default port and its dots. The event {"datacontenttype":"application/JSON","data":{"a":1}},
#   which the crate itself has written, is refused as "invalid type: map, expected a string". Media
#   types have no case (RFC 9110, 8.3.1).
#
# Why it matters: a schema registry finds schemas by the exact text of `dataschema`, and an event
#   that went through this crate has another text. Whoever forwards events by way of its `Event`
#   should keep the original text, and write media types in small letters.
#
# Output:
#   source https://example.com -> https://example.com
#   dataschema https://example.com -> https://example.com/
#   dataschema https://example.com:443/v1/../v2 -> https://example.com/v2
#   dataschema HTTPS://Example.com/Order -> https://example.com/Order
#   data of application/json, read back: Ok
#   data of application/JSON, read back: invalid type: map, expected a string
#
# It needs Rust and crates.io.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "dataschema"
version = "0.0.0"
edition = "2021"

[dependencies]
cloudevents-sdk = "=0.9.0"
serde_json = "=1.0.145"

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use cloudevents::{AttributesReader, Event, EventBuilder, EventBuilderV10};
use serde_json::json;

fn read(source: &str, schema: &str) -> Result<Event, serde_json::Error> {
    let event = json!({"specversion": "1.0", "id": "1", "type": "T", "source": source, "dataschema": schema});
    serde_json::from_str(&event.to_string())
}

fn main() {
    let event = read("https://example.com", "urn:schema").expect("an event");
    println!("source https://example.com -> {}", event.source());
    for schema in
        ["https://example.com", "https://example.com:443/v1/../v2", "HTTPS://Example.com/Order"]
    {
        let event = read("/s", schema).expect("an event");
        println!("dataschema {schema} -> {}", event.dataschema().expect("a schema"));
    }

    for media_type in ["application/json", "application/JSON"] {
        let event = EventBuilderV10::new().id("1").source("/s").ty("T").data(media_type, json!({"a": 1})).build();
        let written = serde_json::to_string(&event.expect("an event")).expect("it can be written");
        let back = serde_json::from_str::<Event>(&written);
        let back = back.map_or_else(|error| error.to_string(), |_| "Ok".into());
        println!("data of {media_type}, read back: {back}");
    }
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
source https://example.com -> https://example.com
dataschema https://example.com -> https://example.com/
dataschema https://example.com:443/v1/../v2 -> https://example.com/v2
dataschema HTTPS://Example.com/Order -> https://example.com/Order
data of application/json, read back: Ok
data of application/JSON, read back: invalid type: map, expected a string
END
