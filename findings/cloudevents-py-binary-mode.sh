#!/usr/bin/env bash
# cloudevents 2.2.0 (PyPI): in binary content mode, JSON data that is no object is written in
# Python's syntax or without quotes.
#
# Expected: an event with the media type application/json has JSON as its body, whatever kind of
#   value its data is. Structured mode writes such data as JSON, and what was read in structured
#   mode can be written in binary mode.
# Seen: to_binary_event writes an object as JSON, but ["a",null] as ['a', None] and true as True.
#   Text has no quotes: the text "hello" becomes hello, and the text "42" is read back by the same
#   library as the number 42. An extension attribute that is true becomes the header `ce-flag:
#   True`; CloudEvents writes booleans as `true`.
#
# Why it matters: a webhook that trusts Content-Type cannot parse these bodies, and loses the event
#   if it refuses the whole delivery. A relay that reads structured events and forwards them in
#   binary mode changes them. A receiver should keep the attributes and the raw bytes where data
#   that should be JSON is not, and should take `True` for true.
#
# Output:
#   {"a":null} -> {"a": null}, read back as {"a": null}
#   ["a",null] -> ['a', None], read back as "['a', None]"
#   true -> True, read back as "True"
#   "hello" -> hello, read back as "hello"
#   "42" -> 42, read back as 42
#   extension attribute true -> True
#
# It needs Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
cat >main.py <<'END'
import json

from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_binary_event,
    from_structured_event,
    to_binary_event,
    to_structured_event,
)


def received(data):
    """The event as it comes in structured mode."""
    body = '{"specversion":"1.0","id":"1","source":"/s","type":"T","time":"2024-06-01T12:00:00Z",'
    body += f'"flag":true,"datacontenttype":"application/json","data":{data}}}'
    return from_structured_event(HTTPMessage({"content-type": "application/cloudevents+json"}, body.encode()))


for data in ['{"a":null}', '["a",null]', "true", '"hello"', '"42"']:
    event = received(data)
    assert json.loads(to_structured_event(event).body)["data"] == json.loads(data)
    message = to_binary_event(event)
    assert message.headers["content-type"] == "application/json"
    back = from_binary_event(message).get_data()
    print(data, "->", message.body.decode() + ", read back as", json.dumps(back))
print("extension attribute true ->", to_binary_event(received("{}")).headers["ce-flag"])
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
{"a":null} -> {"a": null}, read back as {"a": null}
["a",null] -> ['a', None], read back as "['a', None]"
true -> True, read back as "True"
"hello" -> hello, read back as "hello"
"42" -> 42, read back as 42
extension attribute true -> True
END
