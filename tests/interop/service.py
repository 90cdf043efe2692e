"""An emulator with every kind of target, and the clients that publish to it: the SDK's two and ours.

Events are given as the JSON that the service should see; each client makes its own classes from it.
"""

import asyncio
import base64
import json
import re
import ssl
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from azure.core.credentials import AccessToken, AzureKeyCredential, AzureSasCredential
from azure.core.exceptions import HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, EventGridPublisherClient, generate_sas
from azure.eventgrid.aio import EventGridPublisherClient as AsyncEventGridPublisherClient

# Base64 text, so that it can sign.
KEY = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE="
WRONG_KEY = "d3Jvbmcta2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMhISE="
TOKEN = "a-bearer-token"
ADMIN_TOKEN = "of-the-tests"

OPTIONS = f"""
    --key {KEY} --bearer-token {TOKEN} --topic orders
    --basic-topic-at-root --basic-topic cloud=cloudevents --basic-topic grid=eventgrid --basic-topic custom=custom
    --domain cloud-domain=cloudevents --domain grid-domain=eventgrid --domain custom-domain=custom
    --partner partner/cloud=cloudevents --partner partner/grid=eventgrid --partner partner/custom=custom
""".split()


@dataclass(frozen=True)
class Target:
    """What to publish to: `kind` is namespace, basic, domain or partner; the namespace has no name."""

    kind: str
    name: str = ""
    topic: str = None
    channel: str = None

    def path(self):
        if self.kind == "namespace":
            return ""
        return f"/{self.name}/api/events" if self.name else "/api/events"


@dataclass(frozen=True)
class Refusal:
    """The service's error, without what differs from one response to the next."""

    status: int
    code: str
    message: str


@dataclass
class Service:
    """A running emulator; with `authority`, the file of the certificate authority to trust, it serves https."""

    endpoint: str
    admin: str
    authority: str = None

    def url(self, target):
        return self.endpoint + target.path()

    def accepted(self):
        return json.loads(self._call("GET"))

    def forget(self):
        self._call("DELETE")

    def _call(self, method):
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        request = urllib.request.Request(f"{self.admin}/accepted", method=method, headers=headers)
        context = ssl.create_default_context(cafile=self.authority) if self.authority else None
        with urllib.request.urlopen(request, context=context, timeout=60) as response:
            return response.read()


class SyncSdk:
    """`azure.eventgrid`."""

    name = "sdk"
    is_sdk = True

    def __init__(self, service):
        self.service = service

    def publish(self, target, credential, schema, events):
        """Nothing, or why the service refused; exceptions of the SDK's own go through."""
        events = sdk_events(schema, events)
        try:
            self.send(target, credential, events)
        except HttpResponseError as error:
            return sdk_refusal(error)
        return None

    def send(self, target, credential, events):
        with EventGridPublisherClient(**self._arguments(target, credential)) as client:
            # The SDK's client of basic topics drops the constructor's options: they go to the call.
            client.send(events, **self._options(target))

    def send_request(self, target, credential, request):
        with EventGridPublisherClient(**self._arguments(target, credential)) as client:
            client.send_request(request, **self._options(target)).raise_for_status()

    def _arguments(self, target, credential):
        url = self.service.url(target)
        return {
            "endpoint": url,
            "credential": self._credential(url, *credential),
            "namespace_topic": target.topic,
        }

    def _options(self, target):
        options = {"channel_name": target.channel} if target.channel else {}
        if self.service.authority:
            options["connection_verify"] = self.service.authority
        return options

    def _credential(self, url, kind, secret):
        if kind == "key":
            return AzureKeyCredential(secret)
        if kind == "sas":
            return AzureSasCredential(generate_sas(url, secret, datetime.now(timezone.utc) + timedelta(hours=1)))
        return self._token_credential(secret)

    def _token_credential(self, token):
        return TokenCredential(token)


class AsyncSdk(SyncSdk):
    """`azure.eventgrid.aio`."""

    name = "sdk-aio"

    def send(self, target, credential, events):
        asyncio.run(self._send(target, credential, events))

    async def _send(self, target, credential, events):
        async with AsyncEventGridPublisherClient(**self._arguments(target, credential)) as client:
            await client.send(events, **self._options(target))

    def _token_credential(self, token):
        return AsyncTokenCredential(token)


class SyncSdkOfDicts(SyncSdk):
    """`azure.eventgrid`, which also takes every schema as dictionaries."""

    name = "sdk-dicts"

    def publish(self, target, credential, schema, events):
        return super().publish(target, credential, "custom", events)


class TokenCredential:
    """A `TokenCredential` with one token."""

    def __init__(self, token):
        self.token = AccessToken(token, int(datetime(2999, 1, 1, tzinfo=timezone.utc).timestamp()))

    def get_token(self, *_scopes, **_options):
        return self.token


class AsyncTokenCredential(TokenCredential):
    """The same for `azure.eventgrid.aio`."""

    async def get_token(self, *_scopes, **_options):
        return self.token


class Ours:
    """Our client, by one of its transports."""

    is_sdk = False

    def __init__(self, service, client, transport):
        self.service = service
        self.client = client
        self.name = transport

    def publish(self, target, credential, schema, events):
        """Nothing, or why the service refused; a refusal of the client's own is a `ValueError`."""
        kind, secret = credential
        destination = {"kind": target.kind, "endpoint": self.service.url(target)}
        destination |= {"topic": target.topic} if target.topic else {}
        destination |= {"channel": target.channel} if target.channel else {}
        response = self.client.publish_to(
            transport=self.name,
            target=destination,
            credential={kind: secret},
            authority=self.service.authority,
            schema=schema,
            events=our_events(schema, events),
        )
        if response is None:
            return None
        if "invalid" in response:
            raise ValueError(response["invalid"])
        return Refusal(response["status"], response["code"], comparable(response["message"]))


def one_or_many(make, events):
    return [make(event) for event in events] if isinstance(events, list) else make(events)


def sdk_events(schema, events):
    make = {"cloud": sdk_cloud_event, "grid": sdk_grid_event, "custom": dict}[schema]
    return one_or_many(make, events)


def sdk_cloud_event(event):
    core = ("id", "source", "type", "specversion", "subject", "dataschema", "datacontenttype", "data")
    attributes = {name: event[name] for name in core if name in event}
    attributes["time"] = datetime.fromisoformat(event["time"]) if "time" in event else None
    if "data_base64" in event:
        attributes["data"] = base64.b64decode(event["data_base64"])
    extensions = {name: event[name] for name in event if name not in (*core, "time", "data_base64")}
    return CloudEvent(**attributes, extensions=extensions or None)


def sdk_grid_event(event):
    names = {"eventType": "event_type", "eventTime": "event_time", "dataVersion": "data_version"}
    members = {names.get(name, name): value for name, value in event.items()}
    members["event_time"] = datetime.fromisoformat(members["event_time"])
    return EventGridEvent(**members)


def our_events(schema, events):
    return one_or_many(our_cloud_event if schema in ("cloud", "binary") else dict, events)


def our_cloud_event(event):
    ours = {name: value for name, value in event.items() if name != "specversion"}
    core = ("id", "source", "type", "subject", "time", "dataschema", "datacontenttype", "data", "data_base64")
    ours["extensions"] = {name: ours.pop(name) for name in list(ours) if name not in core}
    if "data" in ours:
        ours["data"] = json.dumps(ours["data"])
    return ours


def sdk_refusal(error):
    # The SDK puts an exception of its own in the place of a 404.
    error = error if error.response is not None else error.__cause__
    body = json.loads(error.response.text())["error"]
    return Refusal(error.status_code, body["code"], comparable(body["message"]))


def comparable(message):
    """Without the id of the request and the time at its end, and the member found first: each client has its own order."""
    return re.sub(r"unexpected property '\w+'", "unexpected property", message.split(" Report '")[0])
