"""What the tests share: an emulator of their own, the SDK's clients, and our client as a child process."""

import json
import subprocess
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.rest import HttpRequest
from azure.eventgrid import EventGridConsumerClient, EventGridPublisherClient

from service import ADMIN_TOKEN, OPTIONS, Service

TOPIC = "orders"
SUBSCRIPTION = "billing"
OTHER_SUBSCRIPTION = "shipping"
KEY = "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="

# In seconds.
LOCK_DURATION = 60


@dataclass
class Namespace:
    """A running emulator, seen as a namespace with one topic and two subscriptions."""

    endpoint: str
    admin: str

    def advance(self, seconds):
        """Moves the emulator's clock forward: all that ends by then has ended."""
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "application/json"}
        body = json.dumps({"seconds": seconds}).encode()
        request = urllib.request.Request(f"{self.admin}/clock/advance", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=60):
            pass

    def publisher(self, topic=TOPIC, key=KEY):
        # A publisher's errors are shown at once: the SDK would repeat some calls for seconds.
        return EventGridPublisherClient(
            self.endpoint, AzureKeyCredential(key), namespace_topic=topic, retry_total=0
        )

    def consumer(self, subscription=SUBSCRIPTION, topic=TOPIC, key=KEY):
        return EventGridConsumerClient(
            self.endpoint,
            AzureKeyCredential(key),
            namespace_topic=topic,
            subscription=subscription,
            retry_total=0,
        )

    def receive_text(self):
        """The body of a receive call as it is on the wire, which `receive` does not show."""
        request = HttpRequest(
            "POST",
            f"/topics/{TOPIC}/eventsubscriptions/{SUBSCRIPTION}:receive",
            params={"api-version": "2024-06-01", "maxEvents": 100},
        )
        response = self.consumer().send_request(request)
        response.raise_for_status()
        return response.text()


@contextmanager
def emulator(*options):
    """A running emulator: its endpoint, and that of its admin API."""
    admin = ["--admin", "127.0.0.1:0", "--admin-token", ADMIN_TOKEN]
    command = ["eventgrid-emulator", "--listen", "127.0.0.1:0", *admin, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        first_line = process.stdout.readline().strip()
        ready = "listening on "
        assert first_line.startswith(ready), first_line
        second_line = process.stdout.readline().strip()
        yield first_line.removeprefix(ready), second_line.removeprefix("admin API on ")
        process.terminate()
        assert process.wait(timeout=60) == 0, "the emulator stops cleanly on SIGTERM"


@pytest.fixture
def namespace():
    """An emulator of the test's own."""
    options = ["--key", KEY, "--lock-duration", str(LOCK_DURATION)]
    for subscription in (SUBSCRIPTION, OTHER_SUBSCRIPTION):
        options += ["--subscription", f"{TOPIC}/{subscription}"]
    with emulator(*options) as (endpoint, admin):
        yield Namespace(endpoint, admin)


@pytest.fixture(scope="session")
def service():
    """An emulator with everything that events can be published to."""
    with emulator(*OPTIONS) as (endpoint, admin):
        yield Service(endpoint, admin)


@pytest.fixture(scope="session")
def secure_service(tmp_path_factory):
    """The same over https."""
    folder = tmp_path_factory.mktemp("authority")
    with emulator(*OPTIONS, "--tls-dev", str(folder)) as (endpoint, admin):
        yield Service(endpoint, admin, authority=str(folder / "ca.pem"))


class OurClient:
    """The `interop-client` of this folder: one JSON line for every call, one for its response."""

    def __init__(self, process):
        self.process = process

    def publish(self, *events):
        return self._call(do="publish", events=events)

    def publish_to(self, **publication):
        return self._call(do="publish_to", **publication)

    def receive(self, max_events=100):
        return self._call(do="receive", max_events=max_events)

    def receive_one(self):
        (received,) = self.receive()
        return received["event"]

    def settle(self, how, *lock_tokens):
        return self._call(do=how, lock_tokens=lock_tokens)

    def _call(self, **call):
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def our_client(endpoint, key):
    command = ["interop-client", "calls", endpoint, key, TOPIC, SUBSCRIPTION]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield OurClient(process)
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.fixture
def ours(namespace):
    with our_client(namespace.endpoint, KEY) as client:
        yield client


@pytest.fixture(scope="session")
def interop_client(service):
    """Our client for `publish_to` alone, which says for itself where and with which credential."""
    with our_client(service.endpoint, KEY) as client:
        yield client
