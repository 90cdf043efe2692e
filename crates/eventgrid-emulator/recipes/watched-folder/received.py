"""Receives the events of the watched folder, as a program that handles blobs does."""

import os

from azure.core.credentials import AzureKeyCredential
from azure.eventgrid import EventGridConsumerClient

endpoint = os.environ.get("EVENTGRID_ENDPOINT", "http://127.0.0.1:6500")
consumer = EventGridConsumerClient(
    endpoint, AzureKeyCredential("c2VjcmV0"), namespace_topic="orders", subscription="billing"
)
for received in consumer.receive(max_events=10, max_wait_time=10):
    event = received.event
    blob = event.subject.rpartition("/blobs/")[2]
    print("received", event.type, blob, *([event.data["contentLength"]] if "contentLength" in event.data else []))
    consumer.acknowledge(lock_tokens=[received.broker_properties.lock_token])
