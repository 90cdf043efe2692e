"""The emulator in a pytest fixture, by testcontainers."""

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridConsumerClient, EventGridPublisherClient
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

KEY = "c2VjcmV0"


@pytest.fixture(scope="session")
def endpoint():
    container = (
        DockerContainer("eventgrid-emulator")
        .with_command(["--key", KEY, "--subscription", "orders/billing"])
        .with_exposed_ports(6500)
        .waiting_for(LogMessageWaitStrategy("listening on"))
    )
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(6500)}"


def test_an_order_is_received(endpoint):
    credential = AzureKeyCredential(KEY)
    publisher = EventGridPublisherClient(endpoint, credential, namespace_topic="orders")
    consumer = EventGridConsumerClient(endpoint, credential, namespace_topic="orders", subscription="billing")
    publisher.send(CloudEvent(source="/shop", type="Shop.OrderPlaced", data={"total": 12.5}))
    (received,) = consumer.receive()
    assert received.event.data == {"total": 12.5}
