"""The SDK publishes while the processor consumes, and the batcher publishes while the SDK consumes: nothing is lost."""

import asyncio
import base64
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Timer

from azure.core.credentials import AzureKeyCredential
from azure.eventgrid.aio import EventGridPublisherClient as AsyncEventGridPublisherClient

from conftest import KEY, SUBSCRIPTION, TOPIC
from service import our_cloud_event, sdk_cloud_event, sdk_events

EVENTS = 3000
# How many events the requests have, in turn. None is an event alone, which is another request than a list of one.
REQUESTS = (None, None, 1, None, 40)
# The SDK's two clients, with two forms of events each; and how many threads or tasks each of the four has.
KINDS = 4
SENDERS = 3

DATA = (
    lambda number: {"data": {"number": number, "lines": [{"size": "größe 😀", "price": 0.1}], "note": None}},
    lambda number: {"data": f'order "{number}" \\ 東京\n'},
    lambda number: {"data": number},
    lambda number: {"data": [number, -2.5, True, []]},
    lambda number: {"data": number % 2 == 0},
    lambda number: {"data_base64": base64.b64encode(b"\x00\xff" + number.to_bytes(4, "big")).decode()},
    lambda number: {},
)


def order(number):
    """An event as JSON; the first handler of every tenth one fails."""
    event = {"id": str(number), "source": "/shop", "type": "Shop.OrderPlaced", "specversion": "1.0"}
    subject = {"subject": "fails at first"} if number % 10 == 0 else {}
    return event | subject | DATA[number % len(DATA)](number)


def fails_at_first(event):
    return "subject" in event


def requests_of(events):
    """All of them, in requests of several sizes."""
    events = iter(events)
    for size in cycle(REQUESTS):
        if not (request := list(islice(events, size or 1))):
            return
        yield request if size else request[0]


def publish(pool, namespace, events):
    """Publishes by every client of the SDK at once: what to wait for."""
    requests = list(requests_of(events))
    of_objects, of_dicts, async_of_objects, async_of_dicts = (requests[kind::KINDS] for kind in range(KINDS))
    of_objects = [sdk_events("cloud", request) for request in of_objects]
    async_of_objects = [sdk_events("cloud", request) for request in async_of_objects]
    futures = [pool.submit(asyncio.run, send_async(namespace, async_of_objects + async_of_dicts))]
    for share in (of_objects, of_dicts):
        client = namespace.publisher()
        futures += [pool.submit(send, client, share[sender::SENDERS]) for sender in range(SENDERS)]
    return futures


def send(client, requests):
    for request in requests:
        client.send(request)


async def send_async(namespace, requests):
    async def send_all(requests):
        for request in requests:
            await client.send(request)

    credential = AzureKeyCredential(KEY)
    async with AsyncEventGridPublisherClient(
        namespace.endpoint, credential, namespace_topic=TOPIC, retry_total=0
    ) as client:
        await asyncio.gather(*(send_all(requests[sender::SENDERS]) for sender in range(SENDERS)))


def command(mode, namespace):
    return ["interop-client", mode, namespace.endpoint, KEY, TOPIC, SUBSCRIPTION]


@contextmanager
def processor(namespace):
    """Our processor. It is killed if it waits for a lost event."""
    with subprocess.Popen(
        command("process", namespace), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        limit = Timer(100, process.kill)
        limit.start()
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()


def read_until_acknowledged(lines, ids):
    """The deliveries, until the last of these events is to be acknowledged."""
    missing = set(ids)
    deliveries = []
    while missing and (line := lines.readline()):
        delivery = json.loads(line)["handled"]
        deliveries.append(delivery)
        if delivery["acknowledged"]:
            missing.discard(delivery["event"]["id"])
    return deliveries


def as_published(received):
    data = {"data": json.loads(received["data"])} if "data" in received else {}
    return received | data | {"specversion": "1.0"}


def test_the_processor_consumes_what_python_publishes(namespace):
    published = {str(number): order(number) for number in range(EVENTS)}
    events = list(map(order, range(EVENTS)))
    with ThreadPoolExecutor() as pool, processor(namespace) as process:
        publishing = publish(pool, namespace, events[: EVENTS // 2])
        # The rest is published by when the processor is certainly at work.
        first = json.loads(process.stdout.readline())["handled"]
        publishing += publish(pool, namespace, events[EVENTS // 2 :])
        missing = set(published) - ({first["event"]["id"]} if first["acknowledged"] else set())
        deliveries = [first, *read_until_acknowledged(process.stdout, missing)]
        for future in publishing:
            future.result()
        handled = [delivery for delivery in deliveries if delivery["acknowledged"]]
        assert {delivery["event"]["id"] for delivery in handled} == set(published)
        process.stdin.close()
        last_lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == 0

    failed = [delivery for delivery in deliveries if not delivery["acknowledged"]]
    failing = {id for id, event in published.items() if fails_at_first(event)}
    assert {delivery["event"]["id"] for delivery in failed} == failing
    for delivery in deliveries:
        assert as_published(delivery["event"]) == published[delivery["event"]["id"]]
    assert {delivery["delivery_count"] for delivery in failed} == {1}
    for delivery in handled:
        assert delivery["delivery_count"] == (2 if delivery["event"]["id"] in failing else 1)

    counts = {"acknowledged": len(published), "released": len(failing), "failed": len(failing)}
    assert last_lines == [{"finished": counts}]
    assert namespace.consumer().receive(max_events=1, max_wait_time=10) == []


def test_python_consumes_what_the_batcher_publishes(namespace):
    events = [order(number) for number in range(EVENTS)]
    lines = "".join(json.dumps(our_cloud_event(event)) + "\n" for event in events)
    received = []
    with ThreadPoolExecutor() as pool, namespace.consumer() as consumer:
        publishing = pool.submit(
            subprocess.run, command("batch", namespace), input=lines, stdout=subprocess.PIPE, text=True, check=True
        )
        published = False
        # The last receive begins after everything was published, and gets nothing.
        while (batch := consumer.receive(max_events=100, max_wait_time=10)) or not published:
            received += batch
            if batch:
                tokens = [details.broker_properties.lock_token for details in batch]
                assert consumer.acknowledge(lock_tokens=tokens).succeeded_lock_tokens == tokens
            published = publishing.done()
        assert json.loads(publishing.result().stdout) == EVENTS

    by_id = {details.event.id: details for details in received}
    assert len(received) == len(by_id) == EVENTS
    for event in events:
        details = by_id[event["id"]]
        assert vars(details.event) == vars(sdk_cloud_event(event))
        assert details.broker_properties.delivery_count == 1
