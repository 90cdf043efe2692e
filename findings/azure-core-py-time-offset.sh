#!/usr/bin/env bash
# azure-core 1.41.0 (PyPI): a time's offset counts only by the first digit of its hours, so `time`
# moves by up to 21 hours.
#
# Expected: CloudEvent.from_dict reads RFC 3339: 12:00+10:00 is 02:00 in UTC. An offset that cannot
#   be read is an error.
# Seen: +10:00 is read as +01:00, +02:00 and -08:00 as UTC, +05:30 as +00:30, without an error. `z`,
#   which RFC 3339 allows for `Z`, is a ValueError.
#
# Why it matters: azure-eventgrid 4.22.1 reads received events by this method, and events that are
#   published as a `dict`. Their time is silently wrong for every zone that is not UTC. A publisher
#   that wants Python consumers to read the right time writes it in UTC, with a capital Z.
#
# Output:
#   2024-06-01T12:00:00Z -> 2024-06-01T12:00:00Z
#   2024-06-01T12:00:00+02:00 -> 2024-06-01T12:00:00Z, off by 2:00:00
#   2024-06-01T12:00:00-08:00 -> 2024-06-01T12:00:00Z, off by 8:00:00
#   2024-06-01T12:00:00+10:00 -> 2024-06-01T11:00:00Z, off by 9:00:00
#   2024-06-01T12:00:00+05:30 -> 2024-06-01T11:30:00Z, off by 5:00:00
#   2024-06-01T12:00:00z -> ValueError
#   published by azure-eventgrid: 2024-06-01T11:00:00Z
#
# It needs Python 3.11 or later. The server that is published to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1
cat >main.py <<'END'
import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "T"}

for text in [
    "2024-06-01T12:00:00Z",
    "2024-06-01T12:00:00+02:00",
    "2024-06-01T12:00:00-08:00",
    "2024-06-01T12:00:00+10:00",
    "2024-06-01T12:00:00+05:30",
    "2024-06-01T12:00:00z",
]:
    try:
        read = CloudEvent.from_dict({**EVENT, "time": text}).time
    except ValueError:
        print(text, "->", "ValueError")
        continue
    off = abs(read - datetime.fromisoformat(text))
    in_utc = read.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(text, "->", in_utc + (f", off by {off}" if off else ""))


class Namespace(BaseHTTPRequestHandler):
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
server = HTTPServer(("127.0.0.1", 0), Namespace)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}"
with EventGridPublisherClient(endpoint, AzureKeyCredential("a2V5"), namespace_topic="topic") as client:
    client.send({**EVENT, "time": "2024-06-01T12:00:00+10:00"})
print("published by azure-eventgrid:", published[0][0]["time"])
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
2024-06-01T12:00:00Z -> 2024-06-01T12:00:00Z
2024-06-01T12:00:00+02:00 -> 2024-06-01T12:00:00Z, off by 2:00:00
2024-06-01T12:00:00-08:00 -> 2024-06-01T12:00:00Z, off by 8:00:00
2024-06-01T12:00:00+10:00 -> 2024-06-01T11:00:00Z, off by 9:00:00
2024-06-01T12:00:00+05:30 -> 2024-06-01T11:30:00Z, off by 5:00:00
2024-06-01T12:00:00z -> ValueError
published by azure-eventgrid: 2024-06-01T11:00:00Z
END
