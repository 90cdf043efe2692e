#!/usr/bin/env bash
# azure-eventgrid 4.22.1 on azure-core 1.41.0 (PyPI), @azure/eventgrid 5.12.0 on
# @azure/core-rest-pipeline 1.24.0 (npm): a publish that is throttled is not tried again, unless the
# service says when. What else is tried again differs between the two.
#
# Expected: 429 is the one refusal of which the service certainly kept nothing and that surely passes.
#   Both SDKs retry by default, three times with growing delays, and take a Retry-After where there
#   is one; without it, their own delay counts. What is repeated does not depend on the language.
# Seen: 429 without Retry-After is reported after one request by both. JavaScript repeats after 408,
#   any 5xx but 501 and 505, and a connection that broke when the service may have had the event;
#   Python repeats after none of these but 500, 503 and 504, and after any refusal with a Retry-After,
#   even 400.
#
# Why it matters: none of the service's responses that have been recorded has a Retry-After, so a
#   publisher on either SDK that is throttled has to try again itself. Where a connection broke,
#   events from JavaScript may come twice, and those from Python may be missing. This project's
#   clients repeat after 429 in any case, and after a broken connection unless told not to; after a
#   400 never.
#
# Output:
#   429: Python 1, JavaScript 1 requests
#   429 with Retry-After: Python 4, JavaScript 4 requests
#   503: Python 4, JavaScript 4 requests
#   502: Python 1, JavaScript 4 requests
#   408: Python 1, JavaScript 4 requests
#   400 with Retry-After: Python 4, JavaScript 1 requests
#   a reset after the request: Python 1, JavaScript 4 requests
#
# It needs Python 3.10 or later and Node.js 20 or later. The server that is published to is in the
# same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1
cat >package.json <<'END'
{
  "private": true,
  "dependencies": { "@azure/eventgrid": "5.12.0" },
  "overrides": { "@azure/core-rest-pipeline": "1.24.0" }
}
END
npm install --silent --no-audit --no-fund
cat >publish.mjs <<'END'
import { AzureKeyCredential, EventGridPublisherClient } from "@azure/eventgrid";

const options = { allowInsecureConnection: true, retryOptions: { retryDelayInMs: 1 } };
const client = new EventGridPublisherClient(process.argv[2], "CloudEvent", new AzureKeyCredential("key"), options);
await client.send([{ source: "/s", type: "T", data: { a: 1 } }]).catch(() => {});
END
cat >main.py <<'END'
import logging
import socket
import struct
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

logging.disable()


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        requests.append(self.path)
        words = self.path.strip("/").split("/")[0].split("-")
        if words[0] == "reset":
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.send_response(int(words[0]))
        if len(words) > 1:
            self.send_header("retry-after", "1")
        self.send_header("content-length", "0")
        self.end_headers()

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    def shutdown_request(self, request):
        request.close()


requests = []
server = Server(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()


def python(endpoint):
    client = EventGridPublisherClient(endpoint, AzureKeyCredential("key"))
    try:
        client.send(CloudEvent(source="/s", type="T", data={"a": 1}), retry_backoff_factor=0)
    except AzureError:
        pass


def javascript(endpoint):
    subprocess.run(["node", "publish.mjs", endpoint], check=True)


def count(publish, path):
    requests.clear()
    publish(f"http://127.0.0.1:{server.server_port}/{path}/api/events")
    return len(requests)


for name, path in [
    ("429", "429"), ("429 with Retry-After", "429-after"), ("503", "503"), ("502", "502"), ("408", "408"),
    ("400 with Retry-After", "400-after"), ("a reset after the request", "reset"),
]:
    print(f"{name}: Python {count(python, path)}, JavaScript {count(javascript, path)} requests", flush=True)
END
venv/bin/python main.py 2>errors >seen || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
429: Python 1, JavaScript 1 requests
429 with Retry-After: Python 4, JavaScript 4 requests
503: Python 4, JavaScript 4 requests
502: Python 1, JavaScript 4 requests
408: Python 1, JavaScript 4 requests
400 with Retry-After: Python 4, JavaScript 1 requests
a reset after the request: Python 1, JavaScript 4 requests
END
