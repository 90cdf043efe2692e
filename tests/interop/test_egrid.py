"""The command line `egrid` and the Python SDK: each receives and settles what the other publishes."""

import json
import os
import subprocess
from datetime import datetime, timezone

import pytest
from azure.core.messaging import CloudEvent

from conftest import KEY, SUBSCRIPTION, TOPIC
from test_both_ways import BYTES, DATA


@pytest.fixture
def egrid(namespace, tmp_path):
    """Runs the program to its end, and returns what it prints."""
    environment = os.environ | {
        "EVENTGRID_ENDPOINT": namespace.endpoint,
        "EVENTGRID_TOPIC": TOPIC,
        "EVENTGRID_SUBSCRIPTION": SUBSCRIPTION,
        "EVENTGRID_KEY": KEY,
        "EGRID_CONFIG": str(tmp_path),
    }

    def run(*arguments, stdin=""):
        command = ["egrid", *arguments]
        ended = subprocess.run(
            command, input=stdin, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run


def received(namespace):
    """The events that the SDK receives, by their id."""
    details = namespace.consumer().receive(max_events=100, max_wait_time=10)
    return {item.event.id: item.event for item in details}


def deliveries(egrid, count):
    """What `egrid receive` prints of so many events. Only a line feed ends a line of JSON."""
    printed = egrid("receive", "--max", str(count), "-o", "jsonl")
    return [json.loads(line) for line in printed.split("\n") if line]


def test_attributes_of_arguments(namespace, egrid):
    attributes = ["--type", "Shop.OrderPlaced", "--source", "/shop", "--subject", "a b/😀", "--id", "1"]
    time = ["--time", "2024-06-01T12:00:00.5Z", "--dataschema", "urn:schema"]
    extensions = ["--ext", "route=ça", "--ext", "size=5", "--ext", "urgent=true"]
    egrid("publish", *attributes, *time, *extensions, "--field", "order.total=9.5", "--field", "order.to=Ulm")
    event = received(namespace)["1"]
    assert (event.type, event.source, event.subject) == ("Shop.OrderPlaced", "/shop", "a b/😀")
    assert event.time == datetime(2024, 6, 1, 12, 0, 0, 500000, timezone.utc)
    assert event.dataschema == "urn:schema"
    assert event.extensions == {"route": "ça", "size": 5, "urgent": True}
    assert event.data == {"order": {"total": 9.5, "to": "Ulm"}}


def test_data_of_arguments(namespace, egrid, tmp_path):
    for name, data in BYTES.items():
        (tmp_path / "bytes").write_bytes(data)
        egrid("publish", "--type", "A", "--id", name, "--bytes", "bytes")
    egrid("publish", "--type", "A", "--id", "text", "--text", 'line\n"😀"')
    events = received(namespace)
    assert {name: events[name].data for name in BYTES} == BYTES
    assert (events["text"].data, events["text"].datacontenttype) == ('line\n"😀"', "text/plain")


def test_events_of_lines(namespace, egrid):
    events = [{"specversion": "1.0", "id": name, "source": "/s", "type": "A", "data": DATA[name]} for name in DATA]
    egrid("publish", stdin="\n".join(map(json.dumps, events)))
    assert {name: event.data for name, event in received(namespace).items()} == DATA


def test_data_of_lines(namespace, egrid):
    lines = "\n".join(json.dumps(data, ensure_ascii=False) for data in DATA.values())
    egrid("publish", "--type", "A", "--id", "{{n}}", "--data-lines", stdin=lines)
    numbers = {str(number): data for number, data in enumerate(DATA.values(), 1)}
    assert {name: event.data for name, event in received(namespace).items()} == numbers


def test_events_from_python(namespace, egrid):
    texts = [CloudEvent("/shop", "A", id=name, data=data, time=None) for name, data in DATA.items()]
    raw = [CloudEvent("/s", "A", id=name, data=data) for name, data in BYTES.items()]
    whole = CloudEvent("/s", "A", id="whole", subject="a b/😀", extensions={"route": "ça", "size": 5}, data=None)
    namespace.publisher().send([*texts, *raw, whole])
    events = {delivery["event"]["id"]: delivery["event"] for delivery in deliveries(egrid, 100)}
    assert {name: events[name]["data"] for name in DATA} == DATA
    assert events["an empty text"]["source"] == "/shop"
    assert events["every byte"]["data_base64"].startswith("AAECAwQ")
    assert (events["whole"]["subject"], events["whole"]["route"], events["whole"]["size"]) == ("a b/😀", "ça", 5)


def test_locks_of_each_other(namespace, egrid):
    namespace.publisher().send([CloudEvent("/s", "A", id=str(number), data=number) for number in range(4)])
    of_egrid = [delivery["lockToken"] for delivery in deliveries(egrid, 2)]
    details = namespace.consumer().receive(max_events=100, max_wait_time=10)
    of_python = [item.broker_properties.lock_token for item in details]
    assert (len(of_egrid), len(of_python)) == (2, 2)
    settled = namespace.consumer().acknowledge(lock_tokens=of_egrid)
    assert (settled.succeeded_lock_tokens, settled.failed_lock_tokens) == (of_egrid, [])
    assert egrid("renew", of_python[0]) == ""
    assert egrid("ack", stdin="\n".join(of_python)) == ""
