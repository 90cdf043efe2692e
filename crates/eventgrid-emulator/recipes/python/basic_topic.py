"""A basic topic from Python, with an access key and with a signature."""

import os
from datetime import datetime, timedelta, timezone

from azure.core.credentials import AzureKeyCredential, AzureSasCredential
from azure.eventgrid import EventGridEvent, EventGridPublisherClient, generate_sas

endpoint = os.environ.get("EVENTGRID_ENDPOINT", "http://127.0.0.1:6500") + "/invoices/api/events"
key = "c2VjcmV0"
signature = generate_sas(endpoint, key, datetime.now(timezone.utc) + timedelta(hours=1))

for credential in (AzureKeyCredential(key), AzureSasCredential(signature)):
    client = EventGridPublisherClient(endpoint, credential)
    client.send(EventGridEvent(subject="invoices/1", event_type="Shop.Paid", data_version="1.0", data={"total": 12.5}))
    print("published")
