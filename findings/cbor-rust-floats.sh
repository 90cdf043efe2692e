#!/usr/bin/env bash
# minicbor 2.3.1, ciborium 0.2.2, cbor4ii 1.2.4 (crates.io) with cbor 10.0.12, cbor-x 1.6.9, cborg
# 6.1.5 (npm) and cbor2 6.3.0 (PyPI): whether a number is read as a float depends on its value. A
# set point of 21.1 arrives, 21.5 may not, and 21 does not.
#
# Expected: a number that JavaScript sends is read as an f64, whatever its value, as serde_json and
#   serde_cbor_2 0.13.0 read it. CBOR's preferred form of a float is the shortest that keeps its
#   value (RFC 8949, 4.1), so a reader of floats takes all three lengths.
# Seen: JavaScript has one type for numbers. Its packages write small whole ones as integers, and
#   others with 64 bits always, or with 32 or 16 where these are enough. None of the three readers
#   takes an integer for a float. minicbor takes a float that is as long as the type or shorter, but
#   16 bits only with its feature `half`. cbor4ii takes one that is exactly as long, so an f64
#   refuses what an f32 reads.
#
# Why it matters: a command with 21.1 works in a test, and the device refuses the next one, with 21.
#   From Python, 21.0 is a float and 21 is not. For a field that may be either, ask for the kind of
#   the number first (`Decoder::datatype` of minicbor, `ciborium::Value`), and let the device read
#   f64 with `half`. In this project, the data of an event that is not JSON is bytes, which the
#   reader that you choose reads.
#
# Output:
#   21 of cbor, 15
#     f64: serde_cbor_2
#     f32: serde_cbor_2
#   21.5 of cbor, fa41ac0000
#     f64: minicbor, ciborium, serde_cbor_2
#     f32: minicbor, ciborium, cbor4ii, serde_cbor_2
#   21.1 of cbor, fb403519999999999a
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21 of cbor-x, 15
#     f64: serde_cbor_2
#     f32: serde_cbor_2
#   21.5 of cbor-x, fb4035800000000000
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21.1 of cbor-x, fb403519999999999a
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21 of cborg, 15
#     f64: serde_cbor_2
#     f32: serde_cbor_2
#   21.5 of cborg, f94d60
#     f64: ciborium, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21.1 of cborg, fb403519999999999a
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21 of cbor2, 15
#     f64: serde_cbor_2
#     f32: serde_cbor_2
#   21.0 of cbor2, fb4035000000000000
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21.5 of cbor2, fb4035800000000000
#     f64: minicbor, ciborium, cbor4ii, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21.0 of cbor2 with canonical, f94d40
#     f64: ciborium, serde_cbor_2
#     f32: ciborium, serde_cbor_2
#   21.5 of cborg, f94d60
#     f64: minicbor with half, ciborium, serde_cbor_2
#     f32: minicbor with half, ciborium, serde_cbor_2
#
# It needs Node.js 20 or later with npm, Python 3.10 or later, and Rust 1.91 or later with
# crates.io.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache" CARGO_TARGET_DIR="$folder/target"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cbor@10.0.12 cbor-x@1.6.9 cborg@6.1.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cbor2==6.3.0
cat >write.mjs <<'END'
import cbor from "cbor";
import { encode } from "cbor-x";
import * as cborg from "cborg";

for (const [name, write] of [["cbor", cbor.encode], ["cbor-x", encode], ["cborg", cborg.encode]]) {
  for (const value of [21, 21.5, 21.1]) {
    console.log(`${value} of ${name},${Buffer.from(write(value)).toString("hex")}`);
  }
}
END
cat >write.py <<'END'
import cbor2

for value in [21, 21.0, 21.5]:
    print(f"{value} of cbor2,{cbor2.dumps(value).hex()}")
print(f"21.0 of cbor2 with canonical,{cbor2.dumps(21.0, canonical=True).hex()}")
END
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "floats"
version = "0.0.0"
edition = "2021"

[dependencies]
cbor4ii = { version = "=1.2.4", features = ["serde1"] }
ciborium = "=0.2.2"
minicbor = "=2.3.1"
serde = "=1.0.229"
serde_cbor_2 = "=0.13.0"

[features]
half = ["minicbor/half"]

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use serde::de::DeserializeOwned;

/// Which readers read a `T`.
fn readers<T: DeserializeOwned + for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> String {
    let minicbor = if cfg!(feature = "half") { "minicbor with half" } else { "minicbor" };
    let all = [
        (minicbor, minicbor::decode::<T>(bytes).is_ok()),
        ("ciborium", ciborium::from_reader::<T, _>(bytes).is_ok()),
        ("cbor4ii", cbor4ii::serde::from_slice::<T>(bytes).is_ok()),
        ("serde_cbor_2", serde_cbor_2::from_slice::<T>(bytes).is_ok()),
    ];
    let names: Vec<_> = all.into_iter().filter(|&(_, is_read)| is_read).map(|(name, _)| name).collect();
    names.join(", ")
}

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (name, hex) = line.split_once(',').expect("a comma");
        let digits: Vec<_> = hex.chars().map(|digit| digit.to_digit(16).expect("a digit") as u8).collect();
        let bytes: Vec<_> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        println!("{name}, {hex}");
        println!("  f64: {}", readers::<f64>(&bytes));
        println!("  f32: {}", readers::<f32>(&bytes));
    }
}
END
{ node write.mjs && venv/bin/python write.py; } >written
{ cargo build --quiet && mv target/debug/floats plain && cargo build --quiet --features half; } 2>build ||
  { cat build >&2; exit 1; }
./plain <written >seen
grep '21.5 of cborg' written | target/debug/floats >>seen
cat seen
diff seen - <<'END'
21 of cbor, 15
  f64: serde_cbor_2
  f32: serde_cbor_2
21.5 of cbor, fa41ac0000
  f64: minicbor, ciborium, serde_cbor_2
  f32: minicbor, ciborium, cbor4ii, serde_cbor_2
21.1 of cbor, fb403519999999999a
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21 of cbor-x, 15
  f64: serde_cbor_2
  f32: serde_cbor_2
21.5 of cbor-x, fb4035800000000000
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21.1 of cbor-x, fb403519999999999a
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21 of cborg, 15
  f64: serde_cbor_2
  f32: serde_cbor_2
21.5 of cborg, f94d60
  f64: ciborium, serde_cbor_2
  f32: ciborium, serde_cbor_2
21.1 of cborg, fb403519999999999a
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21 of cbor2, 15
  f64: serde_cbor_2
  f32: serde_cbor_2
21.0 of cbor2, fb4035000000000000
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21.5 of cbor2, fb4035800000000000
  f64: minicbor, ciborium, cbor4ii, serde_cbor_2
  f32: ciborium, serde_cbor_2
21.0 of cbor2 with canonical, f94d40
  f64: ciborium, serde_cbor_2
  f32: ciborium, serde_cbor_2
21.5 of cborg, f94d60
  f64: minicbor with half, ciborium, serde_cbor_2
  f32: minicbor with half, ciborium, serde_cbor_2
END
