"""The official Python SDK as a process that can be killed: `client.py publish|consume ENDPOINT JOURNAL KEY`.

It does not retry, so that each event is published once. Every result is written to the journal, one per line.
"""

import itertools
import os
import sys
import time

from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import AzureError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridConsumerClient, EventGridPublisherClient

mode, endpoint, path, key = sys.argv[1:]
journal = os.open(path, os.O_APPEND | os.O_WRONLY | os.O_CREAT)


def write(what, event, count=0):
    os.write(journal, f"{what} {event} {count}\n".encode())


def publish():
    client = EventGridPublisherClient(
        endpoint, AzureKeyCredential(key), namespace_topic="orders", retry_total=0
    )
    for request in itertools.count():
        ids = [f"python-{os.getpid()}-{request}-{index}" for index in range(1 + request % 5)]
        try:
            client.send([CloudEvent(source="/shop", type="Ordered", id=each) for each in ids])
        except AzureError:
            time.sleep(0.02)
            continue
        for each in ids:
            write("accepted", each)


def consume():
    client = EventGridConsumerClient(
        endpoint, AzureKeyCredential(key), namespace_topic="orders", subscription="billing", retry_total=0
    )
    while True:
        try:
            details = client.receive(max_events=10, max_wait_time=10)
        except AzureError:
            time.sleep(0.02)
            continue
        events = {}
        for each in details:
            token, count = each.broker_properties.lock_token, each.broker_properties.delivery_count
            write("received", each.event.id, count)
            events[token] = (each.event.id, count)
        if not events:
            continue
        try:
            for event in events.values():
                write("settling", *event)
            result = client.acknowledge(lock_tokens=list(events))
        except AzureError:
            continue
        for token in result.succeeded_lock_tokens:
            write("acknowledged", *events[token])


{"publish": publish, "consume": consume}[mode]()
