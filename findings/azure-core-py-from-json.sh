#!/usr/bin/env bash
# azure-core 1.41.0, azure-eventgrid 4.22.1 (PyPI): `from_json` returns the first event of a message
# that has several, and drops the others, if the message came from Event Hubs or Service Bus.
#
# Expected: `from_json` of CloudEvent and of EventGridEvent takes JSON text or a message of a
#   Storage queue, of Event Hubs or of Service Bus, as its docs say, and returns one event. A
#   message with several is an error, as the same text is. A message of AMQP may have its data in
#   several sections (AMQP 1.0, 3.2), which EventData joins in `body_as_json`.
# Seen: an array is an error as text and from a Storage queue. From Event Hubs and Service Bus, its
#   first element is the event, and nothing tells that there were more. Only the first section of
#   the data is read, so an event in two of them is a ValueError.
#
# Why it matters: Event Grid's payload is an array in its own schema, of one event unless the
#   subscription has batches, and anyone can write batches to an event hub. A consumer that was
#   tested with one event in each message loses all but the first, and checkpoints the message.
#   Parse `body_as_str()` yourself, and give each element to `from_dict`. In this project a batch is
#   read as its events, whether there is one or more.
#
# Output:
#   CloudEvent, Event Hubs, event 1: event 1
#   CloudEvent, Event Hubs, events 1, 2, 3: event 1
#   CloudEvent, Event Hubs, event 1 in two sections: ValueError
#   CloudEvent, Service Bus, event 1: event 1
#   CloudEvent, Service Bus, events 1, 2, 3: event 1
#   CloudEvent, Storage queue, event 1: event 1
#   CloudEvent, Storage queue, events 1, 2, 3: AttributeError
#   CloudEvent, text, event 1: event 1
#   CloudEvent, text, events 1, 2, 3: AttributeError
#   EventGridEvent, Event Hubs, event 1: event 1
#   EventGridEvent, Event Hubs, events 1, 2, 3: event 1
#   EventGridEvent, Event Hubs, event 1 in two sections: ValueError
#   EventGridEvent, Service Bus, event 1: event 1
#   EventGridEvent, Service Bus, events 1, 2, 3: event 1
#   EventGridEvent, Storage queue, event 1: event 1
#   EventGridEvent, Storage queue, events 1, 2, 3: DeserializationError
#   EventGridEvent, text, event 1: event 1
#   EventGridEvent, text, events 1, 2, 3: DeserializationError
#
# It needs Python 3.10 or later. The messages are made by the classes of the clients, without a
# service.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0 azure-eventgrid==4.22.1 \
  azure-eventhub==5.15.1 azure-servicebus==7.15.0 azure-storage-queue==12.18.1
cat >main.py <<'END'
import json

from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent
from azure.eventhub import EventData
from azure.servicebus import ServiceBusMessage
from azure.storage.queue import QueueMessage

MESSAGES = {
    "Event Hubs": EventData,
    "Service Bus": ServiceBusMessage,
    "Storage queue": lambda text: QueueMessage(content=text),
    "text": str,
}


def cloud_event(identifier):
    return {"specversion": "1.0", "id": identifier, "source": "/s", "type": "T"}


def event_grid_event(identifier):
    rest = {"eventType": "T", "eventTime": "2024-06-01T12:00:00Z", "data": {}, "dataVersion": "1"}
    return {"id": identifier, "subject": "s", **rest}


def show(kind, name, message):
    try:
        result = f"event {kind.from_json(message).id}"
    except Exception as error:
        result = type(error).__name__
    print(f"{kind.__name__}, {name}: {result}")


for kind, event in [(CloudEvent, cloud_event), (EventGridEvent, event_grid_event)]:
    one = json.dumps(event("1"))
    several = json.dumps([event("1"), event("2"), event("3")])
    for name, message in MESSAGES.items():
        show(kind, f"{name}, event 1", message(one))
        show(kind, f"{name}, events 1, 2, 3", message(several))
        if message is EventData:
            sections = EventData([one[:9].encode(), one[9:].encode()])
            assert sections.body_as_json() == event("1")
            show(kind, f"{name}, event 1 in two sections", sections)
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
CloudEvent, Event Hubs, event 1: event 1
CloudEvent, Event Hubs, events 1, 2, 3: event 1
CloudEvent, Event Hubs, event 1 in two sections: ValueError
CloudEvent, Service Bus, event 1: event 1
CloudEvent, Service Bus, events 1, 2, 3: event 1
CloudEvent, Storage queue, event 1: event 1
CloudEvent, Storage queue, events 1, 2, 3: AttributeError
CloudEvent, text, event 1: event 1
CloudEvent, text, events 1, 2, 3: AttributeError
EventGridEvent, Event Hubs, event 1: event 1
EventGridEvent, Event Hubs, events 1, 2, 3: event 1
EventGridEvent, Event Hubs, event 1 in two sections: ValueError
EventGridEvent, Service Bus, event 1: event 1
EventGridEvent, Service Bus, events 1, 2, 3: event 1
EventGridEvent, Storage queue, event 1: event 1
EventGridEvent, Storage queue, events 1, 2, 3: DeserializationError
EventGridEvent, text, event 1: event 1
EventGridEvent, text, events 1, 2, 3: DeserializationError
END
