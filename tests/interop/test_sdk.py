"""Every call of the official SDK against the emulator: results, partial failures and exceptions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.core.messaging import CloudEvent
from azure.eventgrid.models import ReleaseDelay

from conftest import LOCK_DURATION, OTHER_SUBSCRIPTION

BAD_TOKEN = ("BadToken", "Cannot decode lockToken")
TOKEN_LOST = ("TokenLost", "Token has expired.")


def event(name, **attributes):
    return CloudEvent("/shop", "Shop.OrderPlaced", id=name, **attributes)


def publish(namespace, *names):
    namespace.publisher().send([event(name) for name in names])


def receive_one(consumer, max_wait_time=10):
    (details,) = consumer.receive(max_events=100, max_wait_time=max_wait_time)
    return details


def lock_token(details):
    return details.broker_properties.lock_token


def failures(result):
    return [(failed.lock_token, failed.error.code, failed.error.message) for failed in result.failed_lock_tokens]


def settle(consumer, how, *lock_tokens):
    """The result of one of the four calls: the tokens that succeeded, and the others with code and message."""
    result = getattr(consumer, how)(lock_tokens=list(lock_tokens))
    return result.succeeded_lock_tokens, failures(result)


SETTLING = ["acknowledge", "release", "reject", "renew_locks"]
FINAL = ["acknowledge", "reject"]


def test_one_event_is_published_and_received(namespace):
    sent = event(
        "1",
        specversion="1.0",
        subject="order/1",
        time=datetime(2024, 6, 1, 12, 0, 0, 123456, tzinfo=timezone.utc),
        dataschema="https://example.com/order.json",
        datacontenttype="application/json",
        data={"total": 12.5},
        extensions={"region": "west"},
    )
    assert namespace.publisher().send(sent) is None
    details = receive_one(namespace.consumer())
    assert vars(details.event) == vars(sent)
    assert details.broker_properties.delivery_count == 1


def test_a_batch_is_published_and_received_in_its_order(namespace):
    publish(namespace, "1", "2", "3")
    received = namespace.consumer().receive(max_events=100, max_wait_time=10)
    assert [details.event.id for details in received] == ["1", "2", "3"]
    assert len({lock_token(details) for details in received}) == 3


def test_receive_takes_no_more_than_asked_for(namespace):
    publish(namespace, "1", "2", "3")
    consumer = namespace.consumer()
    assert [details.event.id for details in consumer.receive()] == ["1"], "one is the default"
    assert [details.event.id for details in consumer.receive(max_events=2)] == ["2", "3"]


def test_every_subscription_has_its_own_copy(namespace):
    publish(namespace, "1")
    billing = receive_one(namespace.consumer())
    shipping = receive_one(namespace.consumer(OTHER_SUBSCRIPTION))
    assert billing.event.id == shipping.event.id == "1"
    assert settle(namespace.consumer(), "acknowledge", lock_token(billing)) == ([lock_token(billing)], [])
    assert settle(namespace.consumer(OTHER_SUBSCRIPTION), "acknowledge", lock_token(shipping)) == (
        [lock_token(shipping)],
        [],
    )


def test_receive_returns_no_events_after_its_wait(namespace):
    assert namespace.consumer().receive(max_wait_time=10) == []


def test_a_waiting_receive_gets_what_is_published(namespace):
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(receive_one, namespace.consumer(), max_wait_time=120)
        publish(namespace, "1")
        assert waiting.result(timeout=30).event.id == "1"


@pytest.mark.parametrize("how", FINAL)
def test_what_was_settled_for_good_does_not_come_back(namespace, how):
    publish(namespace, "1")
    consumer = namespace.consumer()
    token = lock_token(receive_one(consumer))
    assert settle(consumer, how, token) == ([token], [])
    for again in SETTLING:
        assert settle(consumer, again, token) == ([], [(token, *TOKEN_LOST)])
    publish(namespace, "2")
    assert receive_one(consumer).event.id == "2"


def test_a_released_event_is_delivered_again_with_a_new_token(namespace):
    publish(namespace, "1")
    consumer = namespace.consumer()
    first = receive_one(consumer)
    assert settle(consumer, "release", lock_token(first)) == ([lock_token(first)], [])
    second = receive_one(consumer)
    assert second.event.id == "1"
    assert second.broker_properties.delivery_count == 2
    assert lock_token(second) != lock_token(first)
    assert settle(consumer, "acknowledge", lock_token(first)) == ([], [(lock_token(first), *TOKEN_LOST)])
    assert settle(consumer, "acknowledge", lock_token(second)) == ([lock_token(second)], [])


def test_an_event_released_with_a_delay_comes_back_after_it(namespace):
    publish(namespace, "delayed")
    consumer = namespace.consumer()
    token = lock_token(receive_one(consumer))
    result = consumer.release(lock_tokens=[token], release_delay=ReleaseDelay.ONE_HOUR)
    assert (result.succeeded_lock_tokens, result.failed_lock_tokens) == ([token], [])
    publish(namespace, "meanwhile")
    meanwhile = receive_one(consumer)
    assert meanwhile.event.id == "meanwhile"
    settle(consumer, "acknowledge", lock_token(meanwhile))
    namespace.advance(3600)
    delayed = receive_one(consumer)
    assert delayed.event.id == "delayed"
    assert delayed.broker_properties.delivery_count == 2


def test_a_renewed_lock_keeps_its_token(namespace):
    publish(namespace, "1")
    consumer = namespace.consumer()
    token = lock_token(receive_one(consumer))
    assert settle(consumer, "renew_locks", token) == ([token], [])
    assert settle(consumer, "renew_locks", token) == ([token], [])
    assert settle(consumer, "acknowledge", token) == ([token], [])


def test_an_expired_lock_is_lost_and_its_event_delivered_again(namespace):
    publish(namespace, "1")
    consumer = namespace.consumer()
    first = receive_one(consumer)
    namespace.advance(LOCK_DURATION)
    second = receive_one(consumer)
    assert second.event.id == "1"
    assert second.broker_properties.delivery_count == 2
    assert settle(consumer, "acknowledge", lock_token(first)) == ([], [(lock_token(first), *TOKEN_LOST)])


@pytest.mark.parametrize("how", SETTLING)
def test_a_bad_token_fails_alone(namespace, how):
    publish(namespace, "1")
    consumer = namespace.consumer()
    good = lock_token(receive_one(consumer))
    assert settle(consumer, how, "garbage", good) == ([good], [("garbage", *BAD_TOKEN)])


@pytest.mark.parametrize("how", SETTLING)
def test_a_call_in_which_every_token_fails_is_no_exception(namespace, how):
    assert settle(namespace.consumer(), how, "garbage") == ([], [("garbage", *BAD_TOKEN)])


def publisher_calls(publisher):
    """Every call that a publisher has, ready to fail."""
    yield lambda: publisher.send(event("1"))
    yield lambda: publisher.send([event("1"), event("2")])


def consumer_calls(consumer):
    """Every call that a consumer has, ready to fail."""
    yield lambda: consumer.receive(max_wait_time=10)
    for how in SETTLING:
        yield lambda how=how: settle(consumer, how, "garbage")


def test_an_unknown_topic_is_not_found(namespace):
    for call in publisher_calls(namespace.publisher(topic="unknown")):
        # The SDK puts an exception of its own in the place of the service's.
        with pytest.raises(ResourceNotFoundError, match="please specify the namespace_topic") as caught:
            call()
        assert_service_error(caught.value.__cause__, 404, "NotFound", "Topic 'unknown' is not found")
    for call in consumer_calls(namespace.consumer(topic="unknown")):
        with pytest.raises(ResourceNotFoundError) as caught:
            call()
        assert_service_error(caught.value, 404, "NotFound", "Topic 'unknown' is not found")


def test_an_unknown_subscription_is_not_found(namespace):
    for call in consumer_calls(namespace.consumer(subscription="unknown")):
        with pytest.raises(ResourceNotFoundError) as caught:
            call()
        assert caught.value.status_code == 404
        assert caught.value.response.headers["broker-errorcode"] == "NotFound"


def test_a_wrong_key_is_refused(namespace):
    publisher = namespace.publisher(key="d3Jvbmc=")
    consumer = namespace.consumer(key="d3Jvbmc=")
    for call in [*publisher_calls(publisher), *consumer_calls(consumer)]:
        with pytest.raises(ClientAuthenticationError) as caught:
            call()
        assert caught.value.status_code == 401


def test_an_event_without_a_source_is_refused(namespace):
    with pytest.raises(HttpResponseError) as caught:
        namespace.publisher().send({"id": "1", "type": "Shop.OrderPlaced", "specversion": "1.0"})
    assert_service_error(caught.value, 400, "BadRequest", "`source` attribute is required")


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ({"max_wait_time": 121}, "ArgumentInvalid", "Invalid maxWaitTime parameter"),
        ({"max_events": -20}, "BadRequest", "Error parsing query parameters"),
    ],
)
def test_a_receive_out_of_range_is_refused(namespace, arguments, code, message):
    with pytest.raises(HttpResponseError) as caught:
        namespace.consumer().receive(**arguments)
    assert_service_error(caught.value, 400, code, message)


def assert_service_error(error, status, code, message):
    assert error.status_code == status
    assert error.response.headers["broker-errorcode"] == code
    body = error.response.json()["error"]
    assert body["code"] == code
    assert body["message"].startswith(message)
    assert body["tracking_id"] and body["timestamp_utc"]
