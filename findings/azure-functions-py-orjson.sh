#!/usr/bin/env bash
# azure-functions 1.26.0 (PyPI): once orjson is installed, by whatever package, Event Grid functions
# publish other data, read other numbers, and fail where they did not.
#
# Expected: what a function reads and publishes is up to azure-functions and the event. Its metadata
#   names no JSON library, so it is `json` of the standard library, and a package that the function
#   does not import changes nothing of that.
# Seen: orjson is used as soon as it can be imported. NaN is then published as null, keys that are
#   numbers and integers beyond 64 bits are a TypeError, and datetime, UUID and dataclasses, which
#   were a TypeError, are published. An integer beyond 64 bits is read as a float, and a number
#   beyond the range of floats is an error, so that the function is not called.
#
# Why it matters: orjson comes with many packages, of which one in requirements.txt is enough, and
#   it goes when that package drops it. A local run and the deployed function then differ. Event
#   Grid delivers an event again whose function fails, until it is dropped. Publish what both write
#   the same: keys that are text, finite numbers, integers of 64 bits; send longer ones as text. In
#   this project numbers are read from the JSON as it came, into the type that the program names.
#
# Output:
#   json
#     publish NaN: NaN
#     publish {1: 2}: {"1":2}
#     publish 2**64: 18446744073709551616
#     publish datetime: TypeError
#     publish dataclass: TypeError
#     read 18446744073709551616: 18446744073709551616
#     read 1e400: inf
#   orjson
#     publish NaN: null
#     publish {1: 2}: TypeError
#     publish 2**64: TypeError
#     publish datetime: "2024-06-01T12:00:00"
#     publish dataclass: {"celsius":21.5}
#     read 18446744073709551616: 1.8446744073709552e+19
#     read 1e400: JSONDecodeError
#
# It needs Python 3.10 or later. What the host of the functions would pass is given to the library's
# converters for the trigger and the output.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-functions==1.26.0
cat >main.py <<'END'
from dataclasses import dataclass
from datetime import datetime

from azure.functions import EventGridOutputEvent
from azure.functions.meta import Datum, get_binding_registry

registry = get_binding_registry()
trigger = registry.get("eventGridTrigger")
output = registry.get("eventGrid")


@dataclass
class Reading:
    celsius: float


def publish(data):
    event = EventGridOutputEvent(
        id="1", subject="s", event_type="T", event_time=datetime(2024, 6, 1), data_version="1", data=data
    )
    text = output.encode(event, expected_type=EventGridOutputEvent).value
    return text.replace(" ", "").split('"data":')[1].split(',"eventTime"')[0]


def read(data):
    event = f'{{"id":"1","subject":"s","eventType":"T","dataVersion":"1","data":{data}}}'
    return trigger.decode(Datum(event, "json"), trigger_metadata=None).get_json()


def show(name, call, data):
    try:
        result = call(data)
    except (TypeError, ValueError) as error:
        result = type(error).__name__
    print(f"  {name}: {result}")


show("publish NaN", publish, float("nan"))
show("publish {1: 2}", publish, {1: 2})
show("publish 2**64", publish, 2**64)
show("publish datetime", publish, datetime(2024, 6, 1, 12))
show("publish dataclass", publish, Reading(21.5))
show("read 18446744073709551616", read, "18446744073709551616")
show("read 1e400", read, "1e400")
END
{
  echo json
  venv/bin/python main.py
  venv/bin/pip install --quiet --disable-pip-version-check orjson==3.13.0
  echo orjson
  venv/bin/python main.py
} >seen
cat seen
diff seen - <<'END'
json
  publish NaN: NaN
  publish {1: 2}: {"1":2}
  publish 2**64: 18446744073709551616
  publish datetime: TypeError
  publish dataclass: TypeError
  read 18446744073709551616: 18446744073709551616
  read 1e400: inf
orjson
  publish NaN: null
  publish {1: 2}: TypeError
  publish 2**64: TypeError
  publish datetime: "2024-06-01T12:00:00"
  publish dataclass: {"celsius":21.5}
  read 18446744073709551616: 1.8446744073709552e+19
  read 1e400: JSONDecodeError
END
