"""A pytest plugin: the server that the SDK's tests talk to, over https, for the whole run.

`--server emulator` is the emulator, `--server control` one that responds to everything with 200 `{}`.
For the control, the number of a test's requests goes into the JUnit report as `requests`.
"""

import logging
import os
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

# Base64 text, so that it can sign.
KEY = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE="
TOKEN = "a-bearer-token"
TOPIC, SUBSCRIPTION, CHANNEL = "faketopic", "fakesub", "fakechannel"

TARGETS = f"""
    --subscription {TOPIC}/{SUBSCRIPTION} --basic-topic grid=eventgrid --basic-topic cloud=cloudevents
    --basic-topic custom=custom --domain grid-domain=eventgrid --domain cloud-domain=cloudevents
    --partner partner/{CHANNEL}=cloudevents
""".split()

# The variables of the SDK's `eventgrid_preparer.py`, by the names of the targets.
NAMES = {
    "TOPIC": "grid",
    "DOMAIN": "grid-domain",
    "CLOUD_EVENT_TOPIC": "cloud",
    "CLOUD_EVENT_DOMAIN": "cloud-domain",
    "CUSTOM_EVENT_TOPIC": "custom",
    "PARTNER_NAMESPACE_TOPIC": "partner",
}


class Control(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0

    def do_POST(self):
        Control.requests += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@contextmanager
def control(certificate, key):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def emulator(certificate, key):
    command = ["eventgrid-emulator", "--listen", "127.0.0.1:0", "--key", KEY, "--bearer-token", TOKEN]
    command += ["--tls-cert", certificate, "--tls-key", key, *TARGETS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        first_line = process.stdout.readline().strip()
        assert first_line.startswith("listening on "), first_line
        yield first_line.removeprefix("listening on ")
        process.terminate()
        assert process.wait(timeout=60) == 0, "the emulator stops cleanly on SIGTERM"


def pytest_configure():
    # The SDK's tests leave their clients open, and aiohttp says so at the end.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def pytest_addoption(parser):
    parser.addoption("--server", choices=["emulator", "control"], required=True)
    parser.addoption("--certificate", required=True)
    parser.addoption("--certificate-key", required=True)


@pytest.fixture(scope="session", autouse=True)
def server_under_test(request):
    option = request.config.getoption
    certificate = option("--certificate")
    start = {"emulator": emulator, "control": control}[option("--server")]
    # What the sync clients trust, and the async ones.
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = certificate
    os.environ["BEARER_TOKEN"] = TOKEN
    with start(certificate, option("--certificate-key")) as endpoint:
        for variable, name in NAMES.items():
            os.environ[f"EVENTGRID_{variable}_ENDPOINT"] = f"{endpoint}/{name}/api/events"
            os.environ[f"EVENTGRID_{variable}_KEY"] = KEY
        os.environ["EVENTGRID_ENDPOINT"], os.environ["EVENTGRID_KEY"] = endpoint, KEY
        os.environ["EVENTGRID_TOPIC_NAME"] = TOPIC
        os.environ["EVENTGRID_EVENT_SUBSCRIPTION_NAME"] = SUBSCRIPTION
        os.environ["EVENTGRID_PARTNER_CHANNEL_NAME"] = CHANNEL
        # Two tests receive without having published. Without an event they would wait for a minute.
        event = CloudEvent(source="/other", type="Published.ByOthers", data={})
        client = EventGridPublisherClient(endpoint, AzureKeyCredential(KEY), namespace_topic=TOPIC)
        client.send([event] * 2)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    before = Control.requests
    try:
        return (yield)
    finally:
        item.user_properties.append(("requests", Control.requests - before))
