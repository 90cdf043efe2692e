"""The CloudEvents library for Python reads what our client sends in binary content mode."""

import base64
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

KEY = "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="

READ = [
    ("application/json", "5"),
    ("application/json", "true"),
    ("application/json", "null"),
    ("application/json", '{"a": 1}'),
    ("application/json", ""),
    ("application/vnd.shop+json; charset=utf-8", 'grüße "\\'),
    ("application/json", 5),
    ("application/json", False),
    ("application/json", {"a": [1.5, None]}),
    ("text/plain", "5"),
    ("text/plain; charset=utf-8", 'grüße "\\\n'),
    ("text/xml", "<a/>"),
    ("image/png", b"\x89PNG\xff"),
]

REFUSED = [
    ("application/json", b"{}"),
    ("text/plain", {"a": 1}),
    ("text/plain", b"text"),
    ("text/plain", ""),
    ("image/png", "text"),
    ("image/png", b""),
]


@pytest.fixture(scope="module")
def server():
    """A server that keeps what is posted to it: its endpoint, and the requests."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            requests.append(HTTPMessage({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", requests
        http.shutdown()
        thread.join()


def publish(client, endpoint, content_type, data):
    event = {"id": "1", "source": "/shop", "type": "Shop.OrderPlaced", "datacontenttype": content_type}
    if isinstance(data, bytes):
        event["data_base64"] = base64.b64encode(data).decode()
    else:
        event["data"] = json.dumps(data)
    target = {"kind": "namespace", "endpoint": endpoint, "topic": "orders"}
    return client.publish_to(
        transport="ureq", target=target, credential={"key": KEY}, authority=None, schema="binary", events=event
    )


@pytest.mark.parametrize("content_type, data", READ)
def test_the_library_reads_what_we_send(interop_client, server, content_type, data):
    endpoint, requests = server
    requests.clear()
    assert publish(interop_client, endpoint, content_type, data) is None
    (request,) = requests
    event = from_http_event(request)
    assert event.get_data() == data
    assert type(event.get_data()) is type(data)
    assert event.get_datacontenttype() == content_type


@pytest.mark.parametrize("content_type, data", REFUSED)
def test_what_would_arrive_as_something_else_is_not_sent(interop_client, server, content_type, data):
    endpoint, requests = server
    requests.clear()
    assert "invalid" in publish(interop_client, endpoint, content_type, data)
    assert requests == []
