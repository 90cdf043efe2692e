#!/usr/bin/env bash
# cloudevents 2.2.0 (PyPI): whether binary data is read as bytes or as text depends on the bytes.
#
# Expected: the media type says what the data is. Data of "application/protobuf" is bytes, whatever
#   they are, as it is where the same event is read in structured mode. The SDK's docs say "str for
#   text, bytes for binary".
# Seen: in binary content mode over HTTP, Kafka, AMQP and RabbitMQ, bytes that happen to be UTF-8
#   are a `str`, and empty data is None. Forwarded in structured mode, the text is a JSON string in
#   `data`, where other bytes of the same media type are `data_base64`.
#
# Why it matters: a message of Protocol Buffers with one number is text up to 127, bytes at 200, and
#   text again at 18,498. A consumer that was tested with one kind of value raises TypeError for the
#   other, and the event is delivered again until it is dropped. A consumer has to take all three:
#   `data.encode() if isinstance(data, str) else data or b""`. In this project's BinaryEventView,
#   data is JSON where the media type says so and it is, and bytes everywhere else.
#
# Output:
#   100: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\bd"
#   127: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\b\u007f"
#   200: bytes from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data_base64":"CMgB"
#   18498: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\b\u0090\u0001"
#   0: NoneType from HTTP, Kafka, AMQP, RabbitMQ; forwarded: no data
#   100 in structured mode: bytes; forwarded: "data_base64":"CGQ="
#
# It needs Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0 protobuf==7.36.2
cat >main.py <<'END'
import json

from cloudevents.core.bindings import amqp, http, kafka, rabbitmq
from cloudevents.core.v1.event import CloudEvent
from google.protobuf.wrappers_pb2 import Int32Value

BINDINGS = {"HTTP": http, "Kafka": kafka, "AMQP": amqp, "RabbitMQ": rabbitmq}
ATTRIBUTES = {"id": "1", "source": "/s", "type": "T", "specversion": "1.0", "datacontenttype": "application/protobuf"}


def reading(value):
    return CloudEvent(ATTRIBUTES, Int32Value(value=value).SerializeToString())


def forwarded(event):
    members = json.loads(http.to_structured_event(event).body)
    return [f'"{name}":{json.dumps(members[name])}' for name in ("data", "data_base64") if name in members]


for value in (100, 127, 200, 18498, 0):
    kinds = {}
    for name, binding in BINDINGS.items():
        received = binding.from_binary_event(binding.to_binary_event(reading(value)))
        kinds.setdefault(type(received.get_data()).__name__, []).append(name)
    shown = "; ".join(f"{kind} from {', '.join(names)}" for kind, names in kinds.items())
    print(f"{value}: {shown}; forwarded: {' '.join(forwarded(received)) or 'no data'}")
received = http.from_structured_event(http.to_structured_event(reading(100)))
print(f"100 in structured mode: {type(received.get_data()).__name__}; forwarded: {' '.join(forwarded(received))}")
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
100: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\bd"
127: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\b\u007f"
200: bytes from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data_base64":"CMgB"
18498: str from HTTP, Kafka, AMQP, RabbitMQ; forwarded: "data":"\b\u0090\u0001"
0: NoneType from HTTP, Kafka, AMQP, RabbitMQ; forwarded: no data
100 in structured mode: bytes; forwarded: "data_base64":"CGQ="
END
