#!/usr/bin/env bash
# azure-eventgrid 4.22.1 (PyPI): the blocking publisher of a basic topic drops every option of its
# constructor, without a word.
#
# Expected: EventGridPublisherClient takes the options of azure-core for a basic topic as it does for
#   a topic of a namespace, since it is one class, and as the asynchronous class does: retries,
#   timeouts, `proxies`, `connection_verify`, `transport`, `user_agent`. One that cannot be taken is
#   an error.
# Seen: with `retry_total=0, user_agent="ours"` a failing request is sent four times under the name
#   of the SDK, by the blocking client of a basic topic. The other three send it once, under ours.
#   Given to `send` itself, `retry_total=0` counts everywhere.
#
# Why it matters: a program that moves from a basic topic to a namespace, or from blocking to async,
#   changes its retries and timeouts by that alone. Whoever sets a proxy or an authority there has
#   neither. What counts for a basic topic must be given to each call of `send`.
#
# Output:
#   basic topic, blocking: 4 requests, ours: False
#   basic topic, async: 1 requests, ours: True
#   namespace topic, blocking: 1 requests, ours: True
#   namespace topic, async: 1 requests, ours: True
#   basic topic, blocking, option of the call: 1 requests, ours: False
#
# It needs Python 3.10 or later. The server that is published to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1 aiohttp==3.13.2
cat >main.py <<'END'
import asyncio
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient as Blocking
from azure.eventgrid.aio import EventGridPublisherClient as Asynchronous

logging.disable()
EVENT = CloudEvent(source="/s", type="T", data=1)
OPTIONS = {"retry_total": 0, "retry_backoff_factor": 0, "user_agent": "ours"}


class Unavailable(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        names.append(self.headers["user-agent"])
        self.send_response(503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


names = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Unavailable)
threading.Thread(target=server.serve_forever, daemon=True).start()
ENDPOINT = f"http://127.0.0.1:{server.server_port}"
BASIC = (ENDPOINT + "/api/events", {})
NAMESPACE = (ENDPOINT, {"namespace_topic": "orders"})


def blocking(topic, options, of_call):
    with Blocking(topic[0], AzureKeyCredential("key"), **topic[1], **options) as client:
        client.send(EVENT, **of_call)


def asynchronous(topic, options, of_call):
    async def send():
        async with Asynchronous(topic[0], AzureKeyCredential("key"), **topic[1], **options) as client:
            await client.send(EVENT, **of_call)

    asyncio.run(send())


def show(name, send, topic, options=OPTIONS, of_call={}):
    names.clear()
    try:
        send(topic, options, of_call)
    except HttpResponseError:
        pass
    print(f"{name}: {len(names)} requests, ours: {names[0].startswith('ours')}")


show("basic topic, blocking", blocking, BASIC)
show("basic topic, async", asynchronous, BASIC)
show("namespace topic, blocking", blocking, NAMESPACE)
show("namespace topic, async", asynchronous, NAMESPACE)
show("basic topic, blocking, option of the call", blocking, BASIC, {}, {"retry_total": 0})
END
venv/bin/python main.py 2>errors >seen || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
basic topic, blocking: 4 requests, ours: False
basic topic, async: 1 requests, ours: True
namespace topic, blocking: 1 requests, ours: True
namespace topic, async: 1 requests, ours: True
basic topic, blocking, option of the call: 1 requests, ours: False
END
