#!/usr/bin/env bash
# cloudevents 2.2.0 with azure-servicebus 7.15.0 and azure-eventhub 5.15.1 (PyPI): an event in
# binary mode can neither be sent as the binding for AMQP writes it nor read as a client got it.
#
# Expected: the binding says that it "works with any AMQP 1.0 library", and names azure-servicebus.
#   What it writes can be given to that client, and what the client has received is read as the
#   event that was sent.
# Seen: the binding writes `time` as an integer, the milliseconds since 1970. Both clients encode
#   any integer in a property as an AMQP int of 32 bits, so every event with a time is a ValueError.
#   The SDK gives a time to an event that has none. As a datetime, the time is sent as the timestamp
#   that the binding for AMQP asks for. Both clients return the names of received properties, and
#   text in them, as bytes. That is a TypeError in the binding, and a CloudEventValidationError if
#   only the names are turned into text. Structured mode works. A received timestamp is an integer,
#   too, so a message with one cannot be sent on with its properties, as one does with dead letters.
#
# Why it matters: Event Grid delivers to both services, and consumers there pass events on. Before
#   sending, replace the integer by the datetime; after receiving, turn names and values into
#   strings. Or use structured mode. This project neither reads nor writes AMQP.
#
# Output:
#   Service Bus, binary, sent: ValueError
#   Service Bus, binary, without a time, sent: ValueError
#   Service Bus, binary, the time as a datetime, read: TypeError
#   Service Bus, binary, the time as a datetime, names as text, read: CloudEventValidationError
#   Service Bus, binary, the time as a datetime, all as text: the same event
#   Service Bus, binary, the time as a datetime, sent on: ValueError
#   Service Bus, structured: the same event
#   Event Hubs, binary, sent: ValueError
#   Event Hubs, binary, without a time, sent: ValueError
#   Event Hubs, binary, the time as a datetime, read: TypeError
#   Event Hubs, binary, the time as a datetime, names as text, read: CloudEventValidationError
#   Event Hubs, binary, the time as a datetime, all as text: the same event
#   Event Hubs, binary, the time as a datetime, sent on: ValueError
#   Event Hubs, structured: the same event
#
# It needs Python 3.10 or later. Messages are put in a batch, which encodes them, and decoded by the
# clients' own decoders, without a service.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-eventhub==5.15.1 \
  azure-servicebus==7.15.0 cloudevents==2.2.0
cat >main.py <<'END'
from datetime import datetime, timezone

import azure.eventhub._pyamqp._decode as event_hubs_decoder
import azure.servicebus._pyamqp._decode as service_bus_decoder
from azure.eventhub import EventData, EventDataBatch
from azure.servicebus import ServiceBusMessage, ServiceBusMessageBatch, ServiceBusReceivedMessage
from cloudevents.core.bindings import amqp
from cloudevents.core.v1.event import CloudEvent

TIME = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/s", "type": "T", "datacontenttype": "application/json"}
EVENT = CloudEvent({**ATTRIBUTES, "time": TIME, "count": 5}, {"a": 1})


def through_service_bus(body, properties, content_type):
    batch = ServiceBusMessageBatch(max_size_in_bytes=10_000)
    batch.add_message(ServiceBusMessage(body, application_properties=properties, content_type=content_type))
    (encoded,) = batch._message[5]
    decoded = service_bus_decoder.decode_payload(memoryview(bytes(encoded)))
    frame = [None, 1, bytes(16)]  # the delivery's id and its tag, of which the lock token is made
    received = ServiceBusReceivedMessage(decoded, frame=frame, receiver=None)
    return b"".join(received.body), received.application_properties, received.content_type


def through_event_hubs(body, properties, content_type):
    event = EventData(body)
    event.properties = properties
    event.content_type = content_type
    batch = EventDataBatch(max_size_in_bytes=10_000)
    batch.add(event)
    (encoded,) = batch._message[5]
    received = EventData._from_message(event_hubs_decoder.decode_payload(memoryview(bytes(encoded))))
    return b"".join(received.body), received.properties, received.content_type


def as_it_is(properties):
    return properties


def names_as_text(properties):
    return {name.decode(): value for name, value in properties.items()}


def all_as_text(properties):
    return {name.decode(): value.decode() if isinstance(value, bytes) else value for name, value in properties.items()}


def read(received, convert):
    body, properties, content_type = received
    event = amqp.from_amqp_event(amqp.AMQPMessage({"content-type": content_type}, convert(properties), body))
    is_same = event.get_attributes() == EVENT.get_attributes() and event.get_data() == EVENT.get_data()
    return "the same event" if is_same else "another event"


def show(name, step, call):
    try:
        print(f"{name}: {call()}")
    except Exception as error:
        print(f"{name}, {step}: {type(error).__name__}")


def parts(message):
    return message.application_data, message.application_properties, message.properties["content-type"]


for service, through in [("Service Bus", through_service_bus), ("Event Hubs", through_event_hubs)]:
    name = f"{service}, binary"
    show(name, "sent", lambda: through(*parts(amqp.to_binary_event(EVENT))))
    without_time = amqp.to_binary_event(CloudEvent(ATTRIBUTES, {"a": 1}))
    show(f"{name}, without a time", "sent", lambda: through(*parts(without_time)))

    message = amqp.to_binary_event(EVENT)
    message.application_properties["cloudEvents_time"] = TIME
    received = through(*parts(message))
    name = f"{name}, the time as a datetime"
    show(name, "read", lambda: read(received, as_it_is))
    show(f"{name}, names as text", "read", lambda: read(received, names_as_text))
    show(f"{name}, all as text", "read", lambda: read(received, all_as_text))
    show(name, "sent on", lambda: through(*received))

    received = through(*parts(amqp.to_structured_event(EVENT)))
    show(f"{service}, structured", "read", lambda: read(received, lambda properties: properties or {}))
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
Service Bus, binary, sent: ValueError
Service Bus, binary, without a time, sent: ValueError
Service Bus, binary, the time as a datetime, read: TypeError
Service Bus, binary, the time as a datetime, names as text, read: CloudEventValidationError
Service Bus, binary, the time as a datetime, all as text: the same event
Service Bus, binary, the time as a datetime, sent on: ValueError
Service Bus, structured: the same event
Event Hubs, binary, sent: ValueError
Event Hubs, binary, without a time, sent: ValueError
Event Hubs, binary, the time as a datetime, read: TypeError
Event Hubs, binary, the time as a datetime, names as text, read: CloudEventValidationError
Event Hubs, binary, the time as a datetime, all as text: the same event
Event Hubs, binary, the time as a datetime, sent on: ValueError
Event Hubs, structured: the same event
END
