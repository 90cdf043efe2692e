"""Our client receives what the Python SDK publishes, and the other way round.

JSON data is compared after parsing, since a broker may reorder members; texts, bytes and the digits
of numbers are compared exactly.
"""

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest
from azure.core.messaging import CloudEvent
from azure.core.serialization import NULL

NESTED = {"list": [[], {}, [[1, [2, {"deep": None}]]]], "": {"": ""}, "yes": True, "no": False}
for _ in range(50):
    NESTED = {"inner": [NESTED]}

DATA = {
    "unicode": {"größe": "東京 – مرحبا – ça", "zero width": "a\u200db", "line ends": "\u2028\u2029\u0085"},
    "escapes": {'quote " backslash \\ slash /': "\b\f\n\r\t \x00\x01\x1f\x7f", "not an escape": "\\u0041 \\n"},
    "surrogate pairs": {"😀": "𝄞 👩\u200d👩\u200d👧 \U0010ffff \U00010000", "edges": "\ud7ff\ue000\uffff"},
    "whole numbers": [0, -1, 2**53 - 1, 2**53 + 1, -(2**63), 2**63, 2**64 - 1, 2**64, 10**40, -(10**40)],
    "fractions": [0.1, -2.5, 1e-7, 5e-324, 1.7976931348623157e308, 3.141592653589793],
    "nested": NESTED,
    "a text": "just a text",
    "an empty text": "",
    "false": False,
    "zero": 0,
    "an empty list": [],
}

# Texts of numbers of which no double and no 64-bit integer keeps all digits.
LONG_NUMBERS = ["9007199254740993", "18446744073709551617", "-1" + 39 * "0", "0.1234567890123456789012345678901234567890"]

BYTES = {"every byte": bytes(range(256)), "one byte": b"\xff", "two bytes": b"\xfb\xff", "no byte": b""}

EXTENSIONS = {"text": "ça 😀 \"quoted\" \\", "count": 5, "negative": -2147483648, "yes": True, "no": False, "empty": ""}

cases = pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
byte_cases = pytest.mark.parametrize("data", BYTES.values(), ids=BYTES.keys())


def python_event(**attributes):
    attributes = {"id": "1", "specversion": "1.0", "time": None} | attributes
    return CloudEvent("/shop", "Shop.OrderPlaced", **attributes)


def our_event(**attributes):
    return {"id": "1", "source": "/shop", "type": "Shop.OrderPlaced"} | attributes


def received_by_us(namespace, ours, event):
    namespace.publisher().send(event)
    return ours.receive_one()


def received_by_python(namespace, ours, event):
    ours.publish(event)
    (details,) = namespace.consumer().receive(max_events=100, max_wait_time=10)
    return details.event


@cases
def test_json_from_python(namespace, ours, data):
    received = received_by_us(namespace, ours, python_event(data=data))
    assert json.loads(received["data"]) == data


@cases
def test_json_from_us(namespace, ours, data):
    # One text with escapes wherever JSON has them, the other with none but those it needs.
    for ascii_only in (True, False):
        text = json.dumps(data, ensure_ascii=ascii_only)
        assert received_by_python(namespace, ours, our_event(data=text)).data == data


@pytest.mark.parametrize("name", [name for name in DATA if name != "whole numbers"])
def test_values_from_us(namespace, ours, name):
    assert received_by_python(namespace, ours, our_event(data_value=DATA[name])).data == DATA[name]


def test_whole_numbers_from_us(namespace, ours):
    numbers = [0, 2**53 + 1, -(2**63), 2**64 - 1]
    assert received_by_python(namespace, ours, our_event(data_value=numbers)).data == numbers


def test_json_from_us_to_us(namespace, ours):
    ours.publish(*(our_event(id=name, data=json.dumps(data)) for name, data in DATA.items()))
    received = {item["event"]["id"]: json.loads(item["event"]["data"]) for item in ours.receive()}
    assert received == DATA


def test_every_digit_of_a_number_is_kept(namespace, ours):
    text = "[" + ",".join(LONG_NUMBERS) + "]"
    ours.publish(our_event(data=text))
    body = json.loads(namespace.receive_text(), parse_int=str, parse_float=str)
    assert body["value"][0]["event"]["data"] == LONG_NUMBERS
    assert received_by_python(namespace, ours, our_event(data=text)).data == json.loads(text)
    ours.publish(our_event(data=text))
    received = json.loads(ours.receive_one()["data"], parse_int=str, parse_float=str)
    assert received == LONG_NUMBERS


@byte_cases
def test_bytes_from_python(namespace, ours, data):
    received = received_by_us(namespace, ours, python_event(data=data, datacontenttype="application/octet-stream"))
    assert base64.b64decode(received["data_base64"], validate=True) == data
    assert "data" not in received


@byte_cases
def test_bytes_from_us(namespace, ours, data):
    event = our_event(data_base64=base64.b64encode(data).decode(), datacontenttype="application/octet-stream")
    assert received_by_python(namespace, ours, event).data == data


def test_null_data_and_no_data_from_python(namespace, ours):
    null = received_by_us(namespace, ours, python_event(data=NULL))
    assert null["data"] == "null"
    absent = received_by_us(namespace, ours, python_event(data=None))
    assert "data" not in absent and "data_base64" not in absent


def test_null_data_and_no_data_from_us(namespace, ours):
    assert received_by_python(namespace, ours, our_event(data="null")).data is NULL
    assert received_by_python(namespace, ours, our_event()).data is None


def test_extension_attributes_from_python(namespace, ours):
    received = received_by_us(namespace, ours, python_event(extensions=EXTENSIONS))
    assert received["extensions"] == EXTENSIONS


def test_extension_attributes_from_us(namespace, ours):
    assert received_by_python(namespace, ours, our_event(extensions=EXTENSIONS)).extensions == EXTENSIONS


def test_attributes_from_python(namespace, ours):
    attributes = {
        "id": "ид 😀 \"1\"",
        "subject": "заказ/1 \\ \n",
        "datacontenttype": "application/json",
        "dataschema": "https://example.com/schema#order",
    }
    received = received_by_us(namespace, ours, python_event(**attributes))
    assert received == our_event(**attributes)


def test_attributes_from_us(namespace, ours):
    attributes = {
        "id": "ид 😀 \"1\"",
        "subject": "заказ/1 \\ \n",
        "datacontenttype": "application/json",
        "dataschema": "https://example.com/schema#order",
    }
    received = received_by_python(namespace, ours, our_event(**attributes))
    assert vars(received) == vars(python_event(**attributes))


def test_time_from_python(namespace, ours):
    zone = timezone(timedelta(hours=-7))
    time = datetime(2024, 4, 10, 10, 6, 20, 635998, tzinfo=zone)
    assert received_by_us(namespace, ours, python_event(time=time))["time"] == "2024-04-10T17:06:20.635998Z"
    time = datetime(2024, 4, 10, 17, 6, 20, tzinfo=timezone.utc)
    assert received_by_us(namespace, ours, python_event(time=time))["time"] == "2024-04-10T17:06:20Z"


def test_time_from_us(namespace, ours):
    # The service responds in UTC and keeps seven digits; the SDK's datetime has six.
    event = our_event(time="2024-04-10T10:06:20.6359982-07:00")
    received = received_by_python(namespace, ours, event)
    assert received.time == datetime(2024, 4, 10, 17, 6, 20, 635998, tzinfo=timezone.utc)
    ours.publish(event)
    assert ours.receive_one()["time"] == "2024-04-10T17:06:20.6359982Z"


def test_lock_tokens_are_good_in_both_clients(namespace, ours):
    ours.publish(*(our_event(id=name) for name in ("1", "2")))
    consumer = namespace.consumer()
    first, second = (details.broker_properties.lock_token for details in consumer.receive(max_events=2))
    assert ours.settle("acknowledge", first, "garbage") == {
        "succeeded": [first],
        "failed": [{"lock_token": "garbage", "code": "BadToken", "message": "Cannot decode lockToken"}],
    }
    assert consumer.acknowledge(lock_tokens=[second]).succeeded_lock_tokens == [second]
    lost = consumer.acknowledge(lock_tokens=[first]).failed_lock_tokens[0]
    assert (lost.lock_token, lost.error.code) == (first, "TokenLost")


@pytest.mark.parametrize("how", ["acknowledge", "release", "reject", "renew_locks"])
def test_our_client_settles_what_python_published(namespace, ours, how):
    namespace.publisher().send([python_event(id=name) for name in ("1", "2")])
    received = ours.receive()
    assert [(item["event"]["id"], item["delivery_count"]) for item in received] == [("1", 1), ("2", 1)]
    tokens = [item["lock_token"] for item in received]
    assert ours.settle(how, *tokens) == {"succeeded": tokens, "failed": []}
