#!/usr/bin/env bash
# azure-eventgrid 4.22.1 (PyPI): where a trace has a `tracestate`, the asynchronous publisher of a
# basic topic sends a batch that is cut off. Where it has none, no event gets the trace.
#
# Expected: with tracing on, each CloudEvent that has no `traceparent` gets that of the request, as
#   the SDK's CloudEventDistributedTracingPolicy documents. `tracestate` is optional (W3C Trace
#   Context, 3.3), so it is added where there is one. All four publishers do the same.
# Seen: OpenTelemetry sends no `tracestate` unless someone upstream has begun one. Without it no
#   publisher adds anything, and those of a namespace never do. With it, the publishers of a basic
#   topic write a longer body. The asynchronous one keeps the Content-Length of the shorter body, so
#   what arrives ends in the middle of an event.
#
# Why it matters: for most programs, traces end at the publisher. And one that has published for
#   months is refused its batches, which are not JSON, as soon as a caller comes whose tracing
#   product writes a `tracestate`. The events are lost if it does not keep them, and publishing them
#   again helps only outside of the trace. A `traceparent` of your own on each event, as an
#   extension attribute, avoids all of this. This project's publishers, where they are given a
#   trace, add both or `traceparent` alone for every kind of topic, and send the length of that
#   body.
#
# Output:
#   traceparent:
#     basic topic, blocking: not in events
#     basic topic, async: not in events
#     namespace topic, blocking: not in events
#     namespace topic, async: not in events
#   traceparent and tracestate:
#     basic topic, blocking: in events
#     basic topic, async: 400
#     namespace topic, blocking: not in events
#     namespace topic, async: not in events
#   both, and a traceparent in each event:
#     basic topic, blocking: in events
#     basic topic, async: in events
#     namespace topic, blocking: in events
#     namespace topic, async: in events
#
# It needs Python 3.10 or later. The server that is published to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1 \
    azure-core-tracing-opentelemetry==1.0.0b13 opentelemetry-sdk==1.45.2 aiohttp==3.14.5
cat >main.py <<'END'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.messaging import CloudEvent
from azure.core.settings import settings
from azure.eventgrid import EventGridPublisherClient
from azure.eventgrid.aio import EventGridPublisherClient as AsyncPublisherClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

trace.set_tracer_provider(TracerProvider())
settings.tracing_implementation = "opentelemetry"
CALLER = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
OWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Service(BaseHTTPRequestHandler):
    """Accepts what is JSON."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        assert CALLER["traceparent"][:35] == self.headers["traceparent"][:35]
        try:
            received.extend(json.loads(body))
            self.send_response(200)
        except ValueError:
            self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


received = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}"
key = AzureKeyCredential("a2V5")


def publish(events, topic):
    with EventGridPublisherClient(endpoint, key, namespace_topic=topic) as client:
        client.send(events)


async def publish_async(events, topic):
    async with AsyncPublisherClient(endpoint, key, namespace_topic=topic) as client:
        await client.send(events)


def show(name, caller, extensions=None):
    context = TraceContextTextMapPropagator().extract(caller)
    print(f"{name}:")
    for kind, topic in {"basic topic": None, "namespace topic": "topic"}.items():
        for way in (publish, publish_async):
            received.clear()
            events = [CloudEvent(source="/s", type="T", extensions=extensions) for _ in range(2)]
            with trace.get_tracer("program").start_as_current_span("request", context=context):
                try:
                    result = way(events, topic)
                    if result is not None:
                        asyncio.run(result)
                    result = "in events" if all("traceparent" in event for event in received) else "not in events"
                except HttpResponseError as error:
                    result = error.status_code
            print(f"  {kind}, {'blocking' if way is publish else 'async'}: {result}")


show("traceparent", CALLER)
show("traceparent and tracestate", {**CALLER, "tracestate": "vendor=1"})
show("both, and a traceparent in each event", {**CALLER, "tracestate": "vendor=1"}, {"traceparent": OWN})
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
traceparent:
  basic topic, blocking: not in events
  basic topic, async: not in events
  namespace topic, blocking: not in events
  namespace topic, async: not in events
traceparent and tracestate:
  basic topic, blocking: in events
  basic topic, async: 400
  namespace topic, blocking: not in events
  namespace topic, async: not in events
both, and a traceparent in each event:
  basic topic, blocking: in events
  basic topic, async: in events
  namespace topic, blocking: in events
  namespace topic, async: in events
END
