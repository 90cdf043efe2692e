"""The SDK and our client publish the same events to every target, of every schema, with every credential.

What the emulator accepts must be the same JSON from every client. One difference is intended: to a
namespace, the SDK sends a single CloudEvent as a batch of one, our client as one event.
"""

from contextlib import nullcontext

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.core.rest import HttpRequest

from service import KEY, TOKEN, WRONG_KEY, AsyncSdk, Ours, Refusal, SyncSdk, SyncSdkOfDicts, Target

NAMESPACE = Target("namespace", topic="orders")

# Every target with the schema it takes. The basic topic without a name takes them all.
TARGETS = [
    ("cloud", NAMESPACE),
    *((schema, Target("basic")) for schema in ("cloud", "grid", "custom")),
    *((schema, Target("basic", schema)) for schema in ("cloud", "grid", "custom")),
    *((schema, Target("domain", f"{schema}-domain")) for schema in ("cloud", "grid", "custom")),
    *((schema, Target("partner", "partner", channel=schema)) for schema in ("cloud", "grid", "custom")),
]

EVENTS = {
    "cloud": [
        {
            "specversion": "1.0",
            "id": "ид 😀 1",
            "source": "/shop",
            "type": "Shop.OrderPlaced",
            "subject": "заказ/1",
            "time": "2024-06-01T12:00:00.123456Z",
            "dataschema": "https://example.com/order.json",
            "datacontenttype": "application/json",
            "region": "west",
            "count": 5,
            "express": True,
            "data": {"total": 12.5, "lines": [{"größe": "東京 \"\\\n"}, None, 2**53 + 1]},
        },
        {
            "specversion": "1.0",
            "id": "2",
            "source": "/shop",
            "type": "Shop.LabelPrinted",
            "datacontenttype": "application/octet-stream",
            "data_base64": "AAH/",
        },
        {"specversion": "1.0", "id": "3", "source": "/shop", "type": "Shop.Closed", "data": "just a text"},
    ],
    "grid": [
        {
            "id": "ид 😀 1",
            "subject": "заказ/1",
            "eventType": "Shop.OrderPlaced",
            "eventTime": "2024-06-01T12:00:00.123456Z",
            "dataVersion": "1.0",
            "data": {"total": 12.5, "lines": [{"größe": "東京 \"\\\n"}, None, 2**53 + 1]},
        },
        {
            "id": "2",
            "subject": "shop",
            "eventType": "Shop.Closed",
            # As the SDK writes a whole second.
            "eventTime": "2024-06-01T12:00:00.000Z",
            "dataVersion": "",
            "data": "just a text",
        },
    ],
    "custom": [
        {"größe": "東京 \"\\\n", "nested": {"list": [[], {}, None, True, 12.5, 2**53 + 1]}},
        {"number": 2, "": ""},
    ],
}

CREDENTIALS = {"key": ("key", KEY), "sas": ("sas", KEY), "bearer": ("bearer", TOKEN)}
WRONG = {"key": ("key", WRONG_KEY), "sas": ("sas", WRONG_KEY), "bearer": ("bearer", "another-token")}

BINARY = {
    "specversion": "1.0",
    "id": "1",
    "source": "/shop",
    "type": "Shop.OrderPlaced",
    "subject": "grüße 100%",
    "time": "2024-06-01T12:00:00.123456Z",
    "datacontenttype": "application/json",
    "region": "west",
    "data": {"total": 12.5},
}

every_target = pytest.mark.parametrize(
    "schema, target", TARGETS, ids=[f"{schema}-to-{target.kind}-{target.name}" for schema, target in TARGETS]
)
every_credential = pytest.mark.parametrize("credential", ["key", "sas", "bearer"])


@pytest.fixture
def at(request, credential):
    """The emulator for a credential, with nothing accepted yet: bearer tokens go over https alone."""
    service = request.getfixturevalue("secure_service" if credential == "bearer" else "service")
    service.forget()
    return service


def clients(at, interop_client, target, credential):
    """All the clients that can publish there with that credential: the SDK has no SAS for namespaces."""
    ours = [Ours(at, interop_client, transport) for transport in ("ureq", "hyper")]
    if target.kind == "namespace" and credential == "sas":
        return ours
    return [SyncSdk(at), AsyncSdk(at), SyncSdkOfDicts(at), *ours]


def events_for(target, schema):
    """Events of a schema, with the domain topic where that schema wants it."""
    events = EVENTS[schema]
    name = {"cloud": "source", "grid": "topic"}.get(schema) if target.kind == "domain" else None
    return [event | {name: "shipping"} for event in events] if name else events


def where(target, schema):
    """What the emulator tells of the place that events were accepted at."""
    kinds = {"namespace": "namespaceTopic", "basic": "basicTopic", "domain": "domain", "partner": "partnerChannel"}
    told = {
        "target": kinds[target.kind],
        "name": target.topic or target.name,
        "schema": {"cloud": "cloudevents", "grid": "eventgrid", "custom": "custom"}[schema],
        "apiVersion": "2024-06-01" if target.kind == "namespace" else "2018-01-01",
    }
    return told | ({"channel": target.channel} if target.channel else {})


def content_type(client, target, schema, is_one):
    if schema != "cloud":
        return "application/json; charset=utf-8"
    if is_one and target.kind == "namespace" and not client.is_sdk:
        return "application/cloudevents+json; charset=utf-8"
    return "application/cloudevents-batch+json; charset=utf-8"


@every_target
@every_credential
def test_all_clients_publish_the_same(at, interop_client, schema, target, credential):
    many = events_for(target, schema)
    publishers = clients(at, interop_client, target, credential)
    # One alone, a list of one, a list of many.
    for events in (*many, many[:1], many):
        for client in publishers:
            assert client.publish(target, CREDENTIALS[credential], schema, events) is None, client.name
        accepted = at.accepted()
        at.forget()
        expected = where(target, schema) | {"events": events if isinstance(events, list) else [events]}
        assert len(accepted) == len(publishers)
        for client, publish in zip(publishers, accepted):
            headers = publish.pop("headers")
            assert publish == expected, client.name
            is_one = not isinstance(events, list)
            assert headers["content-type"] == content_type(client, target, schema, is_one), client.name
            assert headers.get("aeg-channel-name") == target.channel
            assert headers["x-ms-client-request-id"]


@pytest.mark.parametrize("credential", ["key", "bearer"])
def test_binary_content_mode(at, interop_client, credential):
    # The SDK has no call for it: it sends a request of the caller's making.
    names = {name: name for name in ("specversion", "id", "source", "type", "time", "region")}
    headers = {f"ce-{name}": BINARY[name] for name in names} | {"content-type": "application/json"}
    headers["ce-subject"] = "gr%C3%BC%C3%9Fe%20100%25"
    request = HttpRequest(
        "POST",
        "/topics/orders:publish",
        params={"api-version": "2024-06-01"},
        headers=headers,
        content=b'{"total":12.5}',
    )
    SyncSdk(at).send_request(NAMESPACE, CREDENTIALS[credential], request)
    for transport in ("ureq", "hyper"):
        ours = Ours(at, interop_client, transport)
        assert ours.publish(NAMESPACE, CREDENTIALS[credential], "binary", BINARY) is None
    accepted = at.accepted()
    assert len(accepted) == 3
    for publish in accepted:
        assert publish["events"] == [BINARY]
        kept = {name: value for name, value in publish["headers"].items() if name.startswith("ce-")}
        assert kept.keys() == {f"ce-{name}" for name in (*names, "subject")}
        assert publish["headers"]["content-type"] == "application/json"
        del publish["headers"]
    assert accepted[0] == accepted[1] == accepted[2]


def refused_alike(at, interop_client, target, credential, secret, schema, events):
    """The refusal that every client reports; nothing is accepted."""
    refusals = {}
    for client in clients(at, interop_client, target, credential):
        refusals[client.name] = client.publish(target, secret, schema, events)
    assert at.accepted() == []
    first = next(iter(refusals.values()))
    assert isinstance(first, Refusal)
    assert refusals == dict.fromkeys(refusals, first)
    return first


@every_target
@every_credential
def test_a_wrong_credential_is_refused(at, interop_client, schema, target, credential):
    events = events_for(target, schema)
    refusal = refused_alike(at, interop_client, target, credential, WRONG[credential], schema, events)
    assert (refusal.status, refusal.code) == (401, "Unauthorized")


@pytest.mark.parametrize("credential", ["key"])
@pytest.mark.parametrize(
    "takes, schema", [("cloud", "grid"), ("cloud", "custom"), ("grid", "cloud"), ("grid", "custom")]
)
@pytest.mark.parametrize("kind", ["basic", "domain", "partner"])
def test_a_wrong_schema_is_refused(at, interop_client, credential, kind, takes, schema):
    target = {
        "basic": Target("basic", takes),
        "domain": Target("domain", f"{takes}-domain"),
        "partner": Target("partner", "partner", channel=takes),
    }[kind]
    secret = CREDENTIALS[credential]
    refusal = refused_alike(at, interop_client, target, credential, secret, schema, events_for(target, schema))
    assert (refusal.status, refusal.code) == (400, "BadRequest")
    assert ("'CloudEventV10' schema" if takes == "cloud" else "'EventGridEvent' schema") in refusal.message


@pytest.mark.parametrize("credential", ["key"])
def test_a_namespace_takes_cloud_events_alone_and_both_clients_know_it(at, interop_client, credential):
    secret = CREDENTIALS[credential]
    for client in clients(at, interop_client, NAMESPACE, credential):
        with pytest.raises(TypeError if client.is_sdk else ValueError):
            client.publish(NAMESPACE, secret, "grid", EVENTS["grid"])
    assert at.accepted() == []


@pytest.mark.parametrize("credential", ["sas"])
def test_the_sdk_has_no_sas_for_namespaces(at, credential):
    for client in (SyncSdk(at), AsyncSdk(at)):
        with pytest.raises(TypeError, match="SAS token authentication is not supported"):
            client.publish(NAMESPACE, CREDENTIALS[credential], "cloud", EVENTS["cloud"])


@every_target
def test_over_plain_http_only_ours_sends_a_bearer_token_and_that_to_this_machine(
    service, interop_client, schema, target
):
    service.forget()
    publishers = clients(service, interop_client, target, "bearer")
    for client in publishers:
        with pytest.raises(ServiceRequestError) if client.is_sdk else nullcontext():
            client.publish(target, CREDENTIALS["bearer"], schema, events_for(target, schema))
    assert len(service.accepted()) == sum(not client.is_sdk for client in publishers)


@pytest.mark.parametrize("credential", ["key"])
def test_events_that_name_no_domain_topic_are_refused(at, interop_client, credential):
    target = Target("domain", "cloud-domain")
    refusal = refused_alike(at, interop_client, target, credential, CREDENTIALS["key"], "cloud", EVENTS["cloud"])
    assert (refusal.status, refusal.code) == (400, "BadRequest")


@pytest.mark.parametrize("credential", ["key"])
def test_a_missing_channel_is_refused(at, interop_client, credential):
    # A partner channel of ours has a name in any case, so the endpoint is used as that of a basic topic.
    target = Target("basic", "partner")
    refusal = refused_alike(at, interop_client, target, credential, CREDENTIALS["key"], "cloud", EVENTS["cloud"])
    message = "Request must contain the header aeg-channel-name."
    assert refusal == Refusal(400, "BadRequest", message)


@pytest.mark.parametrize("credential", ["key"])
@pytest.mark.parametrize(
    "target",
    [
        Target("namespace", topic="unknown"),
        Target("basic", "unknown"),
        Target("domain", "unknown"),
        Target("partner", "unknown", channel="cloud"),
        Target("partner", "partner", channel="unknown"),
    ],
    ids=["topic", "basic", "domain", "partner", "channel"],
)
def test_what_is_not_there_is_not_found(at, interop_client, target, credential):
    refusal = refused_alike(at, interop_client, target, credential, CREDENTIALS["key"], "cloud", EVENTS["cloud"])
    assert (refusal.status, refusal.code) == (404, "NotFound")
