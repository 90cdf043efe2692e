"""One receive by the official SDK: `receive.py sync|aio ENDPOINT KEY TOPIC SUBSCRIPTION SECONDS`.

It prints how many events it received, and after how many seconds.
"""

import asyncio
import sys
import time

from azure.core.credentials import AzureKeyCredential
from azure.eventgrid import EventGridConsumerClient
from azure.eventgrid.aio import EventGridConsumerClient as AsyncConsumerClient

mode, endpoint, key, topic, subscription, seconds = sys.argv[1:]
# One attempt, so that what becomes of a single request is seen.
arguments = {"namespace_topic": topic, "subscription": subscription, "retry_total": 0}


async def receive():
    async with AsyncConsumerClient(endpoint, AzureKeyCredential(key), **arguments) as client:
        return await client.receive(max_events=10, max_wait_time=int(seconds))


began = time.monotonic()
if mode == "aio":
    events = asyncio.run(receive())
else:
    with EventGridConsumerClient(endpoint, AzureKeyCredential(key), **arguments) as client:
        events = client.receive(max_events=10, max_wait_time=int(seconds))
print(len(events), time.monotonic() - began)
