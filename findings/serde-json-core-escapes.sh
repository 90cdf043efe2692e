#!/usr/bin/env bash
# serde-json-core 0.7.0 (crates.io): text with an escape is read as its raw JSON, without an error.
# The function that reads escapes refuses borrowed text that has one, and every surrogate pair.
#
# Expected: `from_slice` reads text as serde_json does: "caf\u00e9" is "café" in an owned string,
#   and an error where text is borrowed, since it is not a part of the input. The crate reads back
#   what it wrote. A valid escape is read.
# Seen: `from_slice` returns the text with its backslashes, also in a `heapless::String`, so a quote
#   that the crate wrote comes back as two characters. `from_slice_escaped` reads escapes into owned
#   text. There a `&str` is an error if the text has an escape. A surrogate pair, which is how
#   escapes write what is beyond U+FFFF, is an InvalidEscapeSequence.
#
# Why it matters: whether an event has escapes is up to its publisher. .NET's serializer writes `+`
#   as \u002B, so base64 is another text only now and then, and Python's writes every letter that is
#   not ASCII as an escape. A device compares, shows or forwards the wrong text, or loses the event.
#   Read into owned text by `from_slice_escaped`, with a buffer as long as the longest text. In this
#   project's views text is a JsonStr, which is compared and shown without its escapes, surrogate
#   pairs too, and needs no buffer.
#
# Output:
#   {"data":"MQ=="}
#     serde_json, owned: MQ==
#     from_slice, owned: MQ==
#     from_slice, borrowed: MQ==
#     from_slice_escaped, owned: MQ==
#     from_slice_escaped, borrowed: MQ==
#   {"data":"M\u002BQ="}
#     serde_json, owned: M+Q=
#     from_slice, owned: M\u002BQ=
#     from_slice, borrowed: M\u002BQ=
#     from_slice_escaped, owned: M+Q=
#     from_slice_escaped, borrowed: CustomError
#   {"data":"caf\u00e9"}
#     serde_json, owned: café
#     from_slice, owned: caf\u00e9
#     from_slice, borrowed: caf\u00e9
#     from_slice_escaped, owned: café
#     from_slice_escaped, borrowed: CustomError
#   {"data":"\ud842\udfb7"}
#     serde_json, owned: 𠮷
#     from_slice, owned: \ud842\udfb7
#     from_slice, borrowed: \ud842\udfb7
#     from_slice_escaped, owned: InvalidEscapeSequence
#     from_slice_escaped, borrowed: InvalidEscapeSequence
#   {"data":"5\""}
#     from_slice, what to_vec wrote: 5\"
#
# It needs Rust and crates.io.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "escapes"
version = "0.0.0"
edition = "2021"

[dependencies]
heapless = { version = "=0.9.2", features = ["serde"] }
serde = { version = "=1.0.228", features = ["derive"] }
serde_json = "=1.0.145"
serde-json-core = "=0.7.0"

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Owned {
    data: heapless::String<32>,
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    data: &'a str,
}

fn show<T, E: std::fmt::Debug>(name: &str, read: Result<T, E>, data: impl Fn(&T) -> &str) {
    println!("  {name}: {}", read.as_ref().map_or_else(|error| format!("{error:?}"), |read| data(read).into()));
}

fn main() {
    for text in [r"MQ==", r"M\u002BQ=", r"caf\u00e9", r"\ud842\udfb7"] {
        let json = format!(r#"{{"data":"{text}"}}"#);
        let bytes = json.as_bytes();
        println!("{json}");
        show("serde_json, owned", serde_json::from_slice::<Owned>(bytes), |read| &read.data);
        show("from_slice, owned", serde_json_core::from_slice::<Owned>(bytes), |read| &read.0.data);
        show("from_slice, borrowed", serde_json_core::from_slice::<Borrowed>(bytes), |read| read.0.data);
        let mut buffer = [0; 32];
        let read = serde_json_core::from_slice_escaped::<Owned>(bytes, &mut buffer);
        show("from_slice_escaped, owned", read, |read| &read.0.data);
        let read = serde_json_core::from_slice_escaped::<Borrowed>(bytes, &mut buffer);
        show("from_slice_escaped, borrowed", read, |read| read.0.data);
    }
    let written = serde_json_core::to_vec::<_, 64>(&Owned { data: "5\"".try_into().expect("it fits") });
    let written = written.expect("it can be written");
    println!("{}", std::str::from_utf8(&written).expect("text"));
    show("from_slice, what to_vec wrote", serde_json_core::from_slice::<Owned>(&written), |read| &read.0.data);
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
{"data":"MQ=="}
  serde_json, owned: MQ==
  from_slice, owned: MQ==
  from_slice, borrowed: MQ==
  from_slice_escaped, owned: MQ==
  from_slice_escaped, borrowed: MQ==
{"data":"M\u002BQ="}
  serde_json, owned: M+Q=
  from_slice, owned: M\u002BQ=
  from_slice, borrowed: M\u002BQ=
  from_slice_escaped, owned: M+Q=
  from_slice_escaped, borrowed: CustomError
{"data":"caf\u00e9"}
  serde_json, owned: café
  from_slice, owned: caf\u00e9
  from_slice, borrowed: caf\u00e9
  from_slice_escaped, owned: café
  from_slice_escaped, borrowed: CustomError
{"data":"\ud842\udfb7"}
  serde_json, owned: 𠮷
  from_slice, owned: \ud842\udfb7
  from_slice, borrowed: \ud842\udfb7
  from_slice_escaped, owned: InvalidEscapeSequence
  from_slice_escaped, borrowed: InvalidEscapeSequence
{"data":"5\""}
  from_slice, what to_vec wrote: 5\"
END
