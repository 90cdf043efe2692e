#!/usr/bin/env bash
# dapr 1.19.0 (PyPI): the data of an event is None for the media type that Dapr's own example of an
# event has, and a handler that returns the status to try again acknowledges the event.
#
# Expected: `data()` of a SubscriptionMessage is the data, as its media type says, with or without
#   parameters and in upper or lower case (RFC 9110, 8.3.1). The example in Dapr's docs has
#   "application/json; charset=utf-8". A handler that returns TopicEventResponseStatus.retry or
#   "retry", which are what `TopicEventResponse` is made of, has its event delivered again, and the
#   subject of a CloudEvent is its attribute `subject`.
# Seen: `data()` is None for that media type and for "application/JSON", as it is for JSON's null
#   and for all types but JSON, +json and plain text, without an error. Any result of a handler that
#   is no `TopicEventResponse` is a success. A handler without an annotation is given a CloudEvent,
#   whose subject is the name of the topic. Integers of extension attributes are floats in it.
#
# Why it matters: Dapr reads Event Hubs and Service Bus, to which Event Grid delivers. A handler
#   that has nothing to do without data acknowledges each event, and has done nothing. Parse
#   `raw_data()`, return TopicEventResponse("retry"), and annotate the handler with
#   SubscriptionMessage. Here, an event comes again if the handler of the worker returns an error,
#   and JSON is JSON with any parameter of its media type.
#
# Output:
#   returns TopicEventResponse("retry"): RETRY
#   returns TopicEventResponseStatus.retry: SUCCESS
#   returns "retry": SUCCESS
#   returns False: SUCCESS
#   raises: an error of gRPC
#   application/json: {'a': 1}
#   application/json; charset=utf-8: None
#   application/JSON: None
#   application/vnd.reading+json: {'a': 1}
#   text/plain: '{"a":1}'
#   text/plain; charset=utf-8: None
#   application/xml: None
#   CloudEvent: subject "readings", extensions {'count': 5.0, 'subject': 'room/1'}
#
# It needs Python 3.10 or later. The script takes the place of Dapr, and calls the application by
# gRPC as Dapr does.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'dapr[grpc]==1.19.0' cloudevents==1.13.0
cat >main.py <<'END'
import logging
import socket
import threading

import grpc
from dapr.clients.grpc._response import TopicEventResponse, TopicEventResponseStatus
from dapr.ext.grpc import App, SubscriptionMessage
from dapr.proto.runtime.v1 import appcallback_pb2, appcallback_pb2_grpc

logging.disable(logging.CRITICAL)


def fail():
    raise OSError("the database is away")


RESULTS = {
    'returns TopicEventResponse("retry")': lambda: TopicEventResponse("retry"),
    "returns TopicEventResponseStatus.retry": lambda: TopicEventResponseStatus.retry,
    'returns "retry"': lambda: "retry",
    "returns False": lambda: False,
    "raises": fail,
}
MEDIA_TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    "application/JSON",
    "application/vnd.reading+json",
    "text/plain",
    "text/plain; charset=utf-8",
    "application/xml",
]
result = given = None
app = App()


@app.subscribe("pubsub", "results")
def decide(_: SubscriptionMessage):
    return result()


@app.subscribe("pubsub", "data")
def take_data(event: SubscriptionMessage):
    global given
    given = event.data()


@app.subscribe("pubsub", "readings")
def take_event(event):
    global given
    attributes = {name: value for name, value in event.Extensions().items() if not name.startswith("_metadata_")}
    given = f'subject "{event.Subject()}", extensions {dict(sorted(attributes.items()))}'


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
threading.Thread(target=app.run, args=(port, "127.0.0.1"), daemon=True).start()
channel = grpc.insecure_channel(f"127.0.0.1:{port}")
grpc.channel_ready_future(channel).result(30)
stub = appcallback_pb2_grpc.AppCallbackStub(channel)


def deliver(topic, media_type="application/json"):
    request = appcallback_pb2.TopicEventRequest(
        id="1", source="/s", type="T", spec_version="1.0", pubsub_name="pubsub", topic=topic,
        data_content_type=media_type, data=b'{"a":1}',
    )
    request.extensions.update({"count": 5, "subject": "room/1"})
    return stub.OnTopicEvent(request)


for name, result in RESULTS.items():
    try:
        status = deliver("results").status
        print(f"{name}: {appcallback_pb2.TopicEventResponse.TopicEventResponseStatus.Name(status)}")
    except grpc.RpcError:
        print(f"{name}: an error of gRPC")
for media_type in MEDIA_TYPES:
    deliver("data", media_type)
    print(f"{media_type}: {given!r}")
deliver("readings")
print(f"CloudEvent: {given}")
app.stop()
END
venv/bin/python -W ignore main.py >seen 2>errors || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
returns TopicEventResponse("retry"): RETRY
returns TopicEventResponseStatus.retry: SUCCESS
returns "retry": SUCCESS
returns False: SUCCESS
raises: an error of gRPC
application/json: {'a': 1}
application/json; charset=utf-8: None
application/JSON: None
application/vnd.reading+json: {'a': 1}
text/plain: '{"a":1}'
text/plain; charset=utf-8: None
application/xml: None
CloudEvent: subject "readings", extensions {'count': 5.0, 'subject': 'room/1'}
END
