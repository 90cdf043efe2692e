"""Receives events that are pushed to it, in the Event Grid schema and as CloudEvents, with the handshake of each."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames


class Webhook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_OPTIONS(self):
        """The handshake of CloudEvents: whoever asks may push."""
        self.respond(200, {"WebHook-Allowed-Origin": self.headers["WebHook-Request-Origin"], "Allow": "POST, OPTIONS"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        events = body if isinstance(body, list) else [body]
        if self.headers["Content-Type"].startswith("application/cloudevents"):
            events = [CloudEvent.from_dict(event) for event in events]
            received = [(event.type, event.data) for event in events]
        else:
            events = [EventGridEvent.from_dict(event) for event in events]
            received = [(event.event_type, event.data) for event in events]
        for event_type, data in received:
            if event_type == SystemEventNames.EventGridSubscriptionValidationEventName:
                # The handshake of the Event Grid schema: the code goes back.
                return self.respond(200, body={"validationResponse": data["validationCode"]})
            print("received", event_type, data, flush=True)
        self.respond(200)

    def respond(self, status, headers=None, body=None):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": "application/json", "Content-Length": len(content)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Webhook)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
