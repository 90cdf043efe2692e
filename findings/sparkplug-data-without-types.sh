#!/usr/bin/env bash
# sparkplug-payload 1.0.3 (npm), mqtt-spb-wrapper 2.1.2 (PyPI): new values of Sparkplug in the form
# that the specification recommends are read as null or passed over, and the old value stays.
#
# Expected: the birth of a device names the type of each metric, and its data should not name them
#   again (Sparkplug 3.0, tck-id-payloads-metric-datatype-not-req). A reader takes the type from the
#   birth, as pysparkplug 0.6.1 does if it is given the birth, and says so if it does not know it.
# Seen: payloads of pysparkplug are written with types for a birth, and without for data unless
#   asked. sparkplug-payload has no way to be given a birth. Without a type it reads null, as it
#   does for a metric that has no value. An entity of mqtt-spb-wrapper that has read the birth, and
#   knows its types, passes over every value without one. Neither says so. Both write the types
#   themselves, so each understands itself.
#
# Why it matters: a device seems to be stuck at the values of its birth, or to report none, while
#   each of its messages arrives. A bridge publishes these as events. Let the device name the types,
#   or read the birth yourself: sparkplug-payload/lib/sparkplugPayloadProto has the fields as they
#   are. This project takes the data of an event as it is given.
#
# Output:
#   pysparkplug, birth: 21.5
#   pysparkplug, data with the birth: 22.5
#   pysparkplug, data alone: NotImplementedError
#   pysparkplug, data with types alone: 22.5
#   mqtt-spb-wrapper, birth: 21.5
#   mqtt-spb-wrapper, data after the birth: 21.5
#   mqtt-spb-wrapper, data with types after the birth: 22.5
#   sparkplug-payload, birth: 21.5
#   sparkplug-payload, data: null
#   sparkplug-payload, data with types: 22.5
#   sparkplug-payload, no value: null
#   sparkplug-payload, data, its field: 22.5
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
python3 -m venv device
device/bin/pip install --quiet --disable-pip-version-check pysparkplug==0.6.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mqtt-spb-wrapper==2.1.2
cat >device.py <<'END'
import sys

from pysparkplug import DataType, DBirth, DData, Metric

TIME = 1717243200000


def metrics(name, value):
    return (Metric(timestamp=TIME, name=name, datatype=DataType.DOUBLE, value=value),)


# For mqtt-spb-wrapper, a metric is data if its name has this prefix in the birth, and only there.
birth = DBirth(timestamp=TIME, seq=0, metrics=metrics("DATA/celsius", 21.5)).encode()
plain_birth = DBirth(timestamp=TIME, seq=0, metrics=metrics("celsius", 21.5)).encode()
data = DData(timestamp=TIME, seq=1, metrics=metrics("celsius", 22.5))
no_value = DData(timestamp=TIME, seq=2, metrics=metrics("celsius", None))
for encoded in [birth, data.encode(), data.encode(include_dtypes=True), no_value.encode(include_dtypes=True)]:
    print(encoded.hex())


def show(name, read):
    try:
        value = read().metrics[0].value
    except NotImplementedError:
        value = "NotImplementedError"
    print(f"pysparkplug, {name}: {value}", file=sys.stderr)


read_birth = DBirth.decode(plain_birth)
show("birth", lambda: read_birth)
show("data with the birth", lambda: DData.decode(data.encode(), birth=read_birth))
show("data alone", lambda: DData.decode(data.encode()))
show("data with types alone", lambda: DData.decode(data.encode(include_dtypes=True)))
END
cat >read.py <<'END'
import sys

from mqtt_spb_wrapper.spb_base import SpbEntity

birth, data, with_types, _ = [bytes.fromhex(line) for line in sys.stdin]
entity = SpbEntity("group", "device")
entity.deserialize_payload_birth(birth)
print("mqtt-spb-wrapper, birth:", entity.data.get_value("celsius"))
entity.deserialize_payload_data(data)
print("mqtt-spb-wrapper, data after the birth:", entity.data.get_value("celsius"))
entity.deserialize_payload_data(with_types)
print("mqtt-spb-wrapper, data with types after the birth:", entity.data.get_value("celsius"))
END
cat >read.js <<'END'
const { readFileSync } = require("node:fs");
const { decodePayload } = require("sparkplug-payload").get("spBv1.0");
const { Payload } = require("sparkplug-payload/lib/sparkplugPayloadProto").org.eclipse.tahu.protobuf;

const messages = readFileSync(0, "utf8").trim().split("\n").map((line) => Buffer.from(line, "hex"));
["birth", "data", "data with types", "no value"].forEach((name, index) => {
  console.log(`sparkplug-payload, ${name}: ${decodePayload(messages[index]).metrics[0].value}`);
});
console.log(`sparkplug-payload, data, its field: ${Payload.decode(messages[1]).metrics[0].doubleValue}`);
END
device/bin/python device.py >messages 2>seen || { cat seen >&2; exit 1; }
venv/bin/python read.py <messages >>seen
node read.js <messages >>seen
cat seen
diff seen - <<'END'
pysparkplug, birth: 21.5
pysparkplug, data with the birth: 22.5
pysparkplug, data alone: NotImplementedError
pysparkplug, data with types alone: 22.5
mqtt-spb-wrapper, birth: 21.5
mqtt-spb-wrapper, data after the birth: 21.5
mqtt-spb-wrapper, data with types after the birth: 22.5
sparkplug-payload, birth: 21.5
sparkplug-payload, data: null
sparkplug-payload, data with types: 22.5
sparkplug-payload, no value: null
sparkplug-payload, data, its field: 22.5
END
