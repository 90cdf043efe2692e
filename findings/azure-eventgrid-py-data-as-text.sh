#!/usr/bin/env bash
# azure-eventgrid 4.22.1 (PyPI): to a basic topic, data that is not JSON is published as Python's
# text for it, without an error. To a topic of a namespace, the same event has other data, or is
# refused.
#
# Expected: `data` is written as `json.dumps` writes it: a tuple is an array, and what JSON does not
#   have is a TypeError. EventGridPublisherClient is one class and writes an event in one way.
# Seen: a basic topic gets `str()` of a tuple, an enum, a set, a dataclass, and of bytes within the
#   data: "(1, 2)", "b'\x01\xff'". A namespace gets an array, the value of the enum and base64, and
#   refuses the set and the dataclass. It also refuses a UUID, which a basic topic takes, and writes
#   a timedelta otherwise.
#
# Why it matters: `send` succeeds, the subscriber cannot read the data, and only a test that looks
#   at the body finds it. A program that moves from a basic topic to a namespace changes its data.
#   Give the SDK what JSON has: lists, dicts, text and numbers, and encode bytes yourself. In this
#   project's clients data is written by serde, or is JSON that was checked, and is the same for
#   every kind of topic.
#
# Output:
#   a tuple: basic topic "(1, 2)", namespace [1,2]
#   bytes within: basic topic {"b":"b'\\x01\\xff'"}, namespace {"b":"Af8="}
#   an enum: basic topic {"e":"State.ON"}, namespace {"e":1}
#   a set: basic topic {"s":"{1}"}, namespace TypeError
#   a UUID: basic topic {"u":"00000000-0000-0000-0000-000000000001"}, namespace TypeError
#   a timedelta: basic topic {"t":"PT1H"}, namespace {"t":"PT01H00M00S"}
#   a dataclass: basic topic {"d":"Reading(value=1)"}, namespace TypeError
#   a tuple, Event Grid schema: basic topic "(1, 2)"
#
# It needs Python 3.10 or later. The server that is published to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1
cat >main.py <<'END'
import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient


class State(Enum):
    ON = 1


@dataclass
class Reading:
    value: int


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        published.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


published = []
server = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}"
key = AzureKeyCredential("a2V5")
basic = EventGridPublisherClient(f"{endpoint}/api/events", key)
namespace = EventGridPublisherClient(endpoint, key, namespace_topic="topic")


def publish(client, event):
    try:
        client.send(event)
    except TypeError:
        return "TypeError"
    return json.dumps(published.pop()[0]["data"], separators=(",", ":"))


for name, data in {
    "a tuple": (1, 2),
    "bytes within": {"b": b"\x01\xff"},
    "an enum": {"e": State.ON},
    "a set": {"s": {1}},
    "a UUID": {"u": UUID(int=1)},
    "a timedelta": {"t": timedelta(hours=1)},
    "a dataclass": {"d": Reading(1)},
}.items():
    event = CloudEvent(source="/s", type="T", data=data)
    print(f"{name}: basic topic {publish(basic, event)}, namespace {publish(namespace, event)}")
event = EventGridEvent(subject="s", event_type="T", data_version="1", data=(1, 2))
print(f"a tuple, Event Grid schema: basic topic {publish(basic, event)}")
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
a tuple: basic topic "(1, 2)", namespace [1,2]
bytes within: basic topic {"b":"b'\\x01\\xff'"}, namespace {"b":"Af8="}
an enum: basic topic {"e":"State.ON"}, namespace {"e":1}
a set: basic topic {"s":"{1}"}, namespace TypeError
a UUID: basic topic {"u":"00000000-0000-0000-0000-000000000001"}, namespace TypeError
a timedelta: basic topic {"t":"PT1H"}, namespace {"t":"PT01H00M00S"}
a dataclass: basic topic {"d":"Reading(value=1)"}, namespace TypeError
a tuple, Event Grid schema: basic topic "(1, 2)"
END
