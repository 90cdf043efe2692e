"""A namespace from Python, synchronously."""

import os

from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridConsumerClient, EventGridPublisherClient

endpoint = os.environ.get("EVENTGRID_ENDPOINT", "http://127.0.0.1:6500")
credential = AzureKeyCredential("c2VjcmV0")

publisher = EventGridPublisherClient(endpoint, credential, namespace_topic="orders")
publisher.send(CloudEvent(source="/shop", type="Shop.OrderPlaced", data={"total": 12.5}))

consumer = EventGridConsumerClient(endpoint, credential, namespace_topic="orders", subscription="billing")
for received in consumer.receive(max_events=10, max_wait_time=10):
    print("received", received.event.type, received.event.data)
    consumer.acknowledge(lock_tokens=[received.broker_properties.lock_token])
