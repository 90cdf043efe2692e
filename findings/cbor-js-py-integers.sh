#!/usr/bin/env bash
# cbor-x 1.6.9 (npm) with cbor2 6.3.0 (PyPI): a time in milliseconds is a float where it goes from
# JavaScript to Python, and a BigInt, which is no JSON, where it goes from Python to JavaScript.
#
# Expected: CBOR has integers of 64 bits. A whole number up to 2^53, which a number of JavaScript
#   holds, is written as an integer and read as a number, as cbor 10.0.12 (npm) does.
# Seen: cbor-x writes whole numbers beyond 32 bits as floats of 64 bits, and reads every integer of
#   64 bits as a BigInt: also 5, where a device writes a field with a fixed width. What it has
#   written itself is a number again, so a round trip shows neither.
#
# Why it matters: milliseconds since 1970, counters and serial numbers of devices are larger than 32
#   bits. A back end in JavaScript that turns a reading into JSON, as the data of an event or a log
#   line, gets a TypeError. In Python, a serial number is shown with ".0". Give cbor-x's Encoder
#   `int64AsNumber`, and write such numbers as BigInts. In this project, data that is not JSON is
#   bytes, and goes through as it is.
#
# Output:
#   Python to cbor-x, 4294967295: number 4294967295, as JSON the same
#   Python to cbor-x, 1717243200000: bigint 1717243200000, as JSON a TypeError
#   Python to cbor-x, -1717243200000: bigint -1717243200000, as JSON a TypeError
#   Python to cbor, 1717243200000: number 1717243200000, as JSON the same
#   Python to cbor-x with int64AsNumber, 1717243200000: number 1717243200000, as JSON the same
#   a device's 5 in 64 bits to cbor-x: bigint 5, as JSON a TypeError
#   cbor-x to itself, 1717243200000: number 1717243200000, as JSON the same
#   cbor-x to Python, 4294967295: 4294967295
#   cbor-x to Python, 1717243200000: 1717243200000.0
#   cbor-x to Python, 1717243200000 as a BigInt: 1717243200000
#   cbor to Python, 1717243200000: 1717243200000
#
# It needs Node.js 20 or later with npm, and Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cbor@10.0.12 cbor-x@1.6.9
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cbor2==6.3.0
cat >write.py <<'END'
import cbor2

for value in [4294967295, 1717243200000, -1717243200000]:
    print(value, cbor2.dumps({"value": value}).hex())
END
cat >read.js <<'END'
const { readFileSync } = require("node:fs");
const cbor = require("cbor");
const { decode, encode, Encoder } = require("cbor-x");

function show(name, { value }) {
  let asJson = "as JSON the same";
  try {
    if (JSON.stringify({ value }) !== `{"value":${value}}`) asJson = "as JSON another";
  } catch (error) {
    asJson = `as JSON a ${error.constructor.name}`;
  }
  console.log(`${name}: ${typeof value} ${value}, ${asJson}`);
}

const written = readFileSync("written", "utf8").trim().split("\n").map((line) => line.split(" "));
for (const [value, hex] of written) show(`Python to cbor-x, ${value}`, decode(Buffer.from(hex, "hex")));
const [value, hex] = written[1];
show(`Python to cbor, ${value}`, cbor.decodeFirstSync(Buffer.from(hex, "hex")));
const withNumbers = new Encoder({ int64AsNumber: true, useRecords: false });
show(`Python to cbor-x with int64AsNumber, ${value}`, withNumbers.decode(Buffer.from(hex, "hex")));
const fixedWidth = Buffer.concat([encode("value"), Buffer.from("1b0000000000000005", "hex")]);
show("a device's 5 in 64 bits to cbor-x", decode(Buffer.concat([Buffer.from("a1", "hex"), fixedWidth])));
show(`cbor-x to itself, ${value}`, decode(encode({ value: Number(value) })));
END
cat >write.js <<'END'
const cbor = require("cbor");
const { encode } = require("cbor-x");

const show = (name, encoded) => console.log(`${encoded.toString("hex")} ${name}`);
show("cbor-x to Python, 4294967295", encode({ value: 4294967295 }));
show("cbor-x to Python, 1717243200000", encode({ value: 1717243200000 }));
show("cbor-x to Python, 1717243200000 as a BigInt", encode({ value: 1717243200000n }));
show("cbor to Python, 1717243200000", cbor.encode({ value: 1717243200000 }));
END
cat >read.py <<'END'
import sys

import cbor2

for line in sys.stdin:
    encoded, name = line.rstrip("\n").split(" ", 1)
    print(f"{name}: {cbor2.loads(bytes.fromhex(encoded))['value']!r}")
END
venv/bin/python write.py >written
node read.js >seen
node write.js | venv/bin/python read.py >>seen
cat seen
diff seen - <<'END'
Python to cbor-x, 4294967295: number 4294967295, as JSON the same
Python to cbor-x, 1717243200000: bigint 1717243200000, as JSON a TypeError
Python to cbor-x, -1717243200000: bigint -1717243200000, as JSON a TypeError
Python to cbor, 1717243200000: number 1717243200000, as JSON the same
Python to cbor-x with int64AsNumber, 1717243200000: number 1717243200000, as JSON the same
a device's 5 in 64 bits to cbor-x: bigint 5, as JSON a TypeError
cbor-x to itself, 1717243200000: number 1717243200000, as JSON the same
cbor-x to Python, 4294967295: 4294967295
cbor-x to Python, 1717243200000: 1717243200000.0
cbor-x to Python, 1717243200000 as a BigInt: 1717243200000
cbor to Python, 1717243200000: 1717243200000
END
