"""A namespace from Python, asynchronously."""

import asyncio
import os

from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridConsumerClient, EventGridPublisherClient

endpoint = os.environ.get("EVENTGRID_ENDPOINT", "http://127.0.0.1:6500")
credential = AzureKeyCredential("c2VjcmV0")


async def main():
    publisher = EventGridPublisherClient(endpoint, credential, namespace_topic="orders")
    consumer = EventGridConsumerClient(endpoint, credential, namespace_topic="orders", subscription="billing")
    async with publisher, consumer:
        await publisher.send(CloudEvent(source="/shop", type="Shop.OrderPlaced", data={"total": 12.5}))
        for received in await consumer.receive(max_events=10, max_wait_time=10):
            print("received", received.event.type, received.event.data)
            await consumer.acknowledge(lock_tokens=[received.broker_properties.lock_token])


asyncio.run(main())
