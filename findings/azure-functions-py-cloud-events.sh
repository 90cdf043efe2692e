#!/usr/bin/env bash
# azure-functions 1.26.0 (PyPI): the data of an event is None where it is bytes, and a function is
# not called for a time with an offset.
#
# Expected: a function that takes a CloudEvent by an Event Grid trigger gets the bytes of the event,
#   or their base64, as its data: `data_base64` is one of the two members for data (JSON format 1.0,
#   3.1.1). `time` is RFC 3339, with an offset or Z, so 12:00+02:00 is 10:00 in UTC. Extension
#   attributes have any name of small letters and digits.
# Seen: `get_json` returns None, as it does where there is no data, and `data_base64` is among the
#   extension attributes. Offsets other than +00:00 and -00:00 are a ValueError before the function
#   is called, also in Event Grid's own schema, and so is a leap second. So is an extension
#   attribute `self`, as a TypeError.
#
# Why it matters: azure-eventgrid publishes bytes as `data_base64`, and Event Grid delivers it so. A
#   function that has nothing to do without data ends as a success. An event for which the function
#   cannot be called is delivered again for up to a day, and then dropped or dead-lettered. Read
#   `event.extension_attrs["data_base64"]`, and publish times in UTC. In this project, data is JSON
#   or bytes, and `time` is as it came.
#
# Output:
#   data: {'a': 1}, other attributes {}
#   data null: None, other attributes {}
#   no data: None, other attributes {}
#   data_base64: None, other attributes {'data_base64': 'AQI='}
#   time 2024-06-01T12:00:00Z: 2024-06-01 12:00:00+00:00
#   time 2024-06-01T12:00:00.123456789Z: 2024-06-01 12:00:00.123456+00:00
#   time 2024-06-01T12:00:00+00:00: 2024-06-01 12:00:00+00:00
#   time 2024-06-01T12:00:00+02:00: ValueError
#   time 2024-06-01T12:00:00-05:30: ValueError
#   time 2016-12-31T23:59:60Z: ValueError
#   eventTime 2024-06-01T12:00:00+02:00: ValueError
#   attribute room: '1'
#   attribute self: TypeError
#
# It needs Python 3.10 or later. What the host of the functions would pass is given to the library's
# converter for the trigger.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-functions==1.26.0
cat >main.py <<'END'
import json

from azure.functions.meta import Datum, get_binding_registry

trigger = get_binding_registry().get("eventGridTrigger")
CLOUD_EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "T"}
EVENT_GRID_EVENT = {"id": "1", "subject": "s", "eventType": "T", "dataVersion": "1", "data": {}}


def show(name, members, look, event=CLOUD_EVENT):
    try:
        result = look(trigger.decode(Datum(json.dumps(event | members), "json"), trigger_metadata=None))
    except (TypeError, ValueError) as error:
        result = type(error).__name__
    print(f"{name}: {result}")


def data(event):
    return f"{event.get_json()!r}, other attributes {event.extension_attrs}"


show("data", {"data": {"a": 1}}, data)
show("data null", {"data": None}, data)
show("no data", {}, data)
show("data_base64", {"datacontenttype": "application/octet-stream", "data_base64": "AQI="}, data)
for time in [
    "2024-06-01T12:00:00Z",
    "2024-06-01T12:00:00.123456789Z",
    "2024-06-01T12:00:00+00:00",
    "2024-06-01T12:00:00+02:00",
    "2024-06-01T12:00:00-05:30",
    "2016-12-31T23:59:60Z",
]:
    show(f"time {time}", {"time": time}, lambda event: event.time)
time = "2024-06-01T12:00:00+02:00"
show(f"eventTime {time}", {"eventTime": time}, lambda event: event.event_time, EVENT_GRID_EVENT)
for name in ["room", "self"]:
    show(f"attribute {name}", {name: "1"}, lambda event: repr(event.extension_attrs[name]))
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
data: {'a': 1}, other attributes {}
data null: None, other attributes {}
no data: None, other attributes {}
data_base64: None, other attributes {'data_base64': 'AQI='}
time 2024-06-01T12:00:00Z: 2024-06-01 12:00:00+00:00
time 2024-06-01T12:00:00.123456789Z: 2024-06-01 12:00:00.123456+00:00
time 2024-06-01T12:00:00+00:00: 2024-06-01 12:00:00+00:00
time 2024-06-01T12:00:00+02:00: ValueError
time 2024-06-01T12:00:00-05:30: ValueError
time 2016-12-31T23:59:60Z: ValueError
eventTime 2024-06-01T12:00:00+02:00: ValueError
attribute room: '1'
attribute self: TypeError
END
