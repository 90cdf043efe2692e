#!/usr/bin/env bash
# azure-core 1.41.0 (PyPI): `timeout` does not bound a call. A slow response is waited for, and so is
# a Retry-After, after which the call gives up without another attempt.
#
# Expected: with `timeout=1`, documented as "Timeout setting for the operation in seconds", a call
#   returns or fails after about a second. Where the service asks for a longer wait than that, it
#   fails at once, or tries again when the wait is over.
# Seen: `timeout` is looked at between attempts. A response that comes after 4 seconds is a success.
#   After a 503 with `Retry-After: 4` the call sleeps for 4 seconds, also with
#   `retry_backoff_max=1`, and then fails, since its time is over: it has waited for an attempt that
#   it does not make. `read_timeout=1` alone ends the wait for the response.
#
# Why it matters: a caller with a deadline, a request handler or a function, waits as long as the
#   service says. Publishing has to be bounded by `read_timeout` and from outside, by
#   `asyncio.wait_for` or a thread. In this project's clients `RetryPolicy::total` bounds all of a
#   call.
#
# Output:
#   response after 4 s, timeout=1: sent after 4 s, 1 requests
#   response after 4 s, read_timeout=1: ServiceResponseTimeoutError after 1 s, 1 requests
#   Retry-After: 4, timeout=1: ServiceResponseTimeoutError after 4 s, 1 requests
#   Retry-After: 4, timeout=1, retry_backoff_max=1: ServiceResponseTimeoutError after 4 s, 1 requests
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
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

logging.disable()
EVENT = CloudEvent(source="/s", type="T", data=1)
WAIT = 4


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        requests.append(self.path)
        if "slow" in self.path:
            time.sleep(WAIT)
            self.send_response(200)
        else:
            self.send_response(503)
            self.send_header("retry-after", str(WAIT))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


requests = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()


def show(name, path, **options):
    requests.clear()
    client = EventGridPublisherClient(f"http://127.0.0.1:{server.server_port}/{path}", AzureKeyCredential("key"))
    start = time.monotonic()
    try:
        client.send(EVENT, **options)
        result = "sent"
    except AzureError as error:
        result = type(error).__name__
    took = int(time.monotonic() - start)
    given = ", ".join(f"{name}={value}" for name, value in options.items())
    print(f"{name}, {given}: {result} after {took} s, {len(requests)} requests")


show("response after 4 s", "slow", timeout=1)
show("response after 4 s", "slow", read_timeout=1)
show("Retry-After: 4", "busy", timeout=1)
show("Retry-After: 4", "busy", timeout=1, retry_backoff_max=1)
END
venv/bin/python main.py 2>errors >seen || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
response after 4 s, timeout=1: sent after 4 s, 1 requests
response after 4 s, read_timeout=1: ServiceResponseTimeoutError after 1 s, 1 requests
Retry-After: 4, timeout=1: ServiceResponseTimeoutError after 4 s, 1 requests
Retry-After: 4, timeout=1, retry_backoff_max=1: ServiceResponseTimeoutError after 4 s, 1 requests
END
