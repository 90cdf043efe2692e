#!/usr/bin/env bash
# sparkplug-payload 1.0.3 (npm) with pysparkplug 0.6.1 and mqtt-spb-wrapper 2.1.2 (PyPI): -5 as Int8
# from Python is 251 in JavaScript, and a UInt32 is null. The other way, -5 is an error in one.
#
# Expected: a number has the same value for each reader. Sparkplug 3.0 puts integers of up to 32
#   bits into a field of 32 bits without a sign (6.4.17). It does not say how a negative Int8 gets
#   there, with 8 or with 32 bits, so a reader takes the lowest 8, which are the same. A value that
#   does not fit the type is an error.
# Seen: Python writes a negative Int8 and Int16 with the bits of the type, and sparkplug-payload
#   with 32. It also reads 32, so what Python wrote is positive. pysparkplug refuses what does not
#   fit its own form; mqtt-spb-wrapper reads both. For UInt32, sparkplug-payload uses the field of
#   64 bits. Where that is missing it reads null, as for a metric without a value. Int32 and Int64
#   are the same everywhere.
#
# Why it matters: a temperature below zero is 251 degrees on a page or in an event, and no error
#   says so: above zero, where one tests, all is well. Each package understands itself. Between
#   these, use Int32 and Int64, or make the number signed by its type: `(value << 24) >> 24` for
#   Int8. This project takes the data of an event as it is given.
#
# Output:
#   pysparkplug to sparkplug-payload: Int8 251, Int16 65531, Int32 -5, Int64 -5, UInt32 null
#   mqtt-spb-wrapper to sparkplug-payload: Int8 251, Int16 65531, Int32 -5, Int64 -5, UInt32 null
#   sparkplug-payload to sparkplug-payload: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
#   sparkplug-payload to pysparkplug: Int8 refused, Int16 refused, Int32 -5, Int64 -5, UInt32 5
#   pysparkplug to pysparkplug: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
#   sparkplug-payload to mqtt-spb-wrapper: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
#   pysparkplug to mqtt-spb-wrapper: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
#
# It needs Node.js 20 or later with npm, and Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts sparkplug-payload@1.0.3
# The two need different versions of protobuf.
for package in pysparkplug==0.6.1 mqtt-spb-wrapper==2.1.2; do
  python3 -m venv "${package%%=*}"
  "${package%%=*}/bin/pip" install --quiet --disable-pip-version-check "$package"
done
# Each program writes its own messages, a line each, or reads all of those that it is given.
cat >run-pysparkplug.py <<'END'
import sys

from pysparkplug import DataType, DBirth, Metric

TIME = 1717243200000


def write(name, value):
    metric = Metric(timestamp=TIME, name="m", datatype=DataType[name.upper()], value=value)
    return DBirth(timestamp=TIME, seq=0, metrics=(metric,)).encode()


def read(encoded):
    try:
        return DBirth.decode(encoded).metrics[0].value
    except OverflowError:
        return "refused"
END
cat >run-mqtt-spb-wrapper.py <<'END'
import sys

from mqtt_spb_wrapper.spb_base import SpbPayloadParser
from mqtt_spb_wrapper.spb_protobuf.sparkplug_b import MetricDataType, Payload, addMetric

TIME = 1717243200000


def write(name, value):
    payload = Payload(timestamp=TIME, seq=0)
    addMetric(payload, "m", None, getattr(MetricDataType, name), value, TIME)
    return payload.SerializeToString()


def read(encoded):
    return SpbPayloadParser(encoded).payload["metrics"][0]["value"]
END
for program in run-pysparkplug.py run-mqtt-spb-wrapper.py; do
  cat >>"$program" <<'END'


NUMBERS = {"Int8": -5, "Int16": -5, "Int32": -5, "Int64": -5, "UInt32": 5}
if len(sys.argv) == 1:
    for name, value in NUMBERS.items():
        print(write(name, value).hex())
else:
    values = [read(bytes.fromhex(line)) for line in sys.stdin]
    print(sys.argv[1], ", ".join(f"{name} {value}" for name, value in zip(NUMBERS, values)), sep=": ")
END
done
cat >run-sparkplug-payload.js <<'END'
const { readFileSync } = require("node:fs");
const { decodePayload, encodePayload } = require("sparkplug-payload").get("spBv1.0");

const timestamp = 1717243200000;
const numbers = Object.entries({ Int8: -5, Int16: -5, Int32: -5, Int64: -5, UInt32: 5 });
if (process.argv.length === 2) {
  for (const [type, value] of numbers) {
    const payload = encodePayload({ timestamp, seq: 0, metrics: [{ name: "m", type, value, timestamp }] });
    console.log(Buffer.from(payload).toString("hex"));
  }
} else {
  const lines = readFileSync(0, "utf8").trim().split("\n");
  const values = lines.map((line) => decodePayload(Buffer.from(line, "hex")).metrics[0].value);
  console.log(`${process.argv[2]}: ${numbers.map(([type], index) => `${type} ${values[index]}`).join(", ")}`);
}
END
run() {
  case $1 in
    sparkplug-payload) node run-sparkplug-payload.js "${@:2}" ;;
    *) "$1/bin/python" "run-$1.py" "${@:2}" ;;
  esac
}
through() { run "$1" | run "$2" "$1 to $2"; }
{
  through pysparkplug sparkplug-payload
  through mqtt-spb-wrapper sparkplug-payload
  through sparkplug-payload sparkplug-payload
  through sparkplug-payload pysparkplug
  through pysparkplug pysparkplug
  through sparkplug-payload mqtt-spb-wrapper
  through pysparkplug mqtt-spb-wrapper
} >seen
cat seen
diff seen - <<'END'
pysparkplug to sparkplug-payload: Int8 251, Int16 65531, Int32 -5, Int64 -5, UInt32 null
mqtt-spb-wrapper to sparkplug-payload: Int8 251, Int16 65531, Int32 -5, Int64 -5, UInt32 null
sparkplug-payload to sparkplug-payload: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
sparkplug-payload to pysparkplug: Int8 refused, Int16 refused, Int32 -5, Int64 -5, UInt32 5
pysparkplug to pysparkplug: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
sparkplug-payload to mqtt-spb-wrapper: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
pysparkplug to mqtt-spb-wrapper: Int8 -5, Int16 -5, Int32 -5, Int64 -5, UInt32 5
END
