#!/usr/bin/env bash
# @google-cloud/functions-framework 5.0.5 (npm), functions-framework 3.10.2 on cloudevents 1.12.0
# (PyPI): what a function is given for an event depends on the language. In JavaScript, it is not
# called for text, for an event without data and for JSON that is no object, and called with a
# buffer for a batch.
#
# Expected: both frameworks serve functions that take a CloudEvent, by HTTP. The media type says
#   what the data is: JSON is any value, text is text, and bytes are bytes whatever they are. Data
#   is optional. A batch, which neither claims to support, is refused.
# Seen: JavaScript reads JSON only as an object or an array, and only for application/json. Another
#   value gets 400, text and an event without data get 500, each before the function is called.
#   `data_base64` is left as it came, without `data`. A batch is passed to the function as one event
#   that is a buffer, and its success is reported for all events. Python tries to read everything as
#   JSON: the text 42 and the bytes 42 are numbers, and text that is not JSON is bytes.
#
# Why it matters: these frameworks are how functions run behind Knative, on a server or as a webhook
#   of Event Grid. Event Grid delivers in structured mode and, where a subscription asks for it, in
#   batches: each event of a batch counts as delivered by that 204. Other brokers deliver in binary
#   mode, and lose what gets 400. Leave batches off for such a webhook, publish objects, and decode
#   `data_base64` yourself in JavaScript. In this project's `Webhook`, data of binary mode is JSON
#   where the media type says so and bytes otherwise, and a batch is read as its events.
#
# Output:
#   JavaScript, JSON, an object: 204, data {"a":1}
#   JavaScript, JSON, text: 400, not called
#   JavaScript, +json: 204, bytes {"a":1}
#   JavaScript, text hello: 500, not called
#   JavaScript, text 42: 500, not called
#   JavaScript, bytes 42: 204, bytes 42
#   JavaScript, no data: 500, not called
#   JavaScript, structured, an object: 204, data {"a":1}
#   JavaScript, structured, bytes 42: 204, data undefined
#   JavaScript, a batch: 204, the event is a buffer
#   Python, JSON, an object: 200, data {"a":1}
#   Python, JSON, text: 200, data "hello"
#   Python, +json: 200, data {"a":1}
#   Python, text hello: 200, bytes hello
#   Python, text 42: 200, data 42
#   Python, bytes 42: 200, data 42
#   Python, no data: 200, data null
#   Python, structured, an object: 200, data {"a":1}
#   Python, structured, bytes 42: 200, data 42
#   Python, a batch: 500, not called
#
# It needs Node.js 20 or later with npm, and Python 3.10 or later. In JavaScript the server is in
# the same process; in Python the application is called without one.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @google-cloud/functions-framework@5.0.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==1.12.0 functions-framework==3.10.2
cat >requests.json <<'END'
[
  ["JSON, an object", "application/json", "{\"a\":1}"],
  ["JSON, text", "application/json", "\"hello\""],
  ["+json", "application/vnd.reading+json", "{\"a\":1}"],
  ["text hello", "text/plain", "hello"],
  ["text 42", "text/plain", "42"],
  ["bytes 42", "application/octet-stream", "42"],
  ["no data", null, ""],
  ["structured, an object", "application/cloudevents+json", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"T\",\"data\":{\"a\":1}}"],
  ["structured, bytes 42", "application/cloudevents+json", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"T\",\"data_base64\":\"NDI=\"}"],
  ["a batch", "application/cloudevents-batch+json", "[{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"T\",\"data\":{\"a\":1}}]"]
]
END
cat >main.js <<'END'
const { once } = require("node:events");
const { cloudEvent } = require("@google-cloud/functions-framework");
const { getTestServer } = require("@google-cloud/functions-framework/testing");

const attributes = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "T" };
const events = [];
cloudEvent("handle", (event) => void events.push(event));

function show(event) {
  if (Buffer.isBuffer(event)) return "the event is a buffer";
  if (Buffer.isBuffer(event.data)) return `bytes ${event.data}`;
  return event.data === undefined ? "data undefined" : `data ${JSON.stringify(event.data)}`;
}

(async () => {
  const server = getTestServer("handle");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  for (const [name, mediaType, body] of require("./requests.json")) {
    const isBinary = !mediaType?.startsWith("application/cloudevents");
    const headers = { connection: "close", ...(isBinary && attributes), ...(mediaType && { "content-type": mediaType }) };
    const url = `http://127.0.0.1:${server.address().port}`;
    const { status } = await fetch(url, { method: "POST", headers, body: Buffer.from(body) });
    const event = events.pop();
    console.log(`JavaScript, ${name}: ${status}, ${event ? show(event) : "not called"}`);
  }
  server.close();
})();
END
cat >handler.py <<'END'
events = []


def handle(event):
    events.append(event)
END
cat >main.py <<'END'
import json
import sys

from functions_framework import create_app

ATTRIBUTES = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "T"}
application = create_app("handle", "handler.py", "cloudevent")
events = sys.modules["handler"].events


def show(data):
    return f"bytes {data.decode()}" if isinstance(data, bytes) else f"data {json.dumps(data, separators=(',', ':'))}"


with open("requests.json") as file:
    requests = json.load(file)
for name, media_type, body in requests:
    headers = {"content-type": media_type} if media_type else {}
    if not (media_type or "").startswith("application/cloudevents"):
        headers.update(ATTRIBUTES)
    status = application.test_client().post("/", headers=headers, data=body).status_code
    print(f"Python, {name}: {status}, {show(events.pop().data) if events else 'not called'}")
END
node main.js >seen 2>errors || { cat errors >&2; exit 1; }
venv/bin/python main.py >>seen 2>errors || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
JavaScript, JSON, an object: 204, data {"a":1}
JavaScript, JSON, text: 400, not called
JavaScript, +json: 204, bytes {"a":1}
JavaScript, text hello: 500, not called
JavaScript, text 42: 500, not called
JavaScript, bytes 42: 204, bytes 42
JavaScript, no data: 500, not called
JavaScript, structured, an object: 204, data {"a":1}
JavaScript, structured, bytes 42: 204, data undefined
JavaScript, a batch: 204, the event is a buffer
Python, JSON, an object: 200, data {"a":1}
Python, JSON, text: 200, data "hello"
Python, +json: 200, data {"a":1}
Python, text hello: 200, bytes hello
Python, text 42: 200, data 42
Python, bytes 42: 200, data 42
Python, no data: 200, data null
Python, structured, an object: 200, data {"a":1}
Python, structured, bytes 42: 200, data 42
Python, a batch: 500, not called
END
