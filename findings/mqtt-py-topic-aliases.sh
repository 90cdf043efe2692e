#!/usr/bin/env bash
# paho-mqtt 2.2.0, aiomqtt 2.5.1 (PyPI): a client that allows topic aliases gets messages without a
# topic. Callbacks for topics do not get them, and they are acknowledged all the same.
#
# Expected: with `TopicAliasMaximum` in the properties of `connect`, a broker may name a topic once
#   and send a number in its place from then on (MQTT 5.0, 3.3.2.3.4). The client sees every packet
#   of the connection, so it puts the topic back, as gmqtt 0.8.0 does.
# Seen: only the first message of a topic has it. In paho, the others have the topic "" and the
#   number in `properties.TopicAlias`. `on_message` gets them, but callbacks of
#   `message_callback_add` do not, since "" matches no filter: where there are only these, the
#   message is acknowledged and dropped. In aiomqtt, which is based on paho, the second message ends
#   the connection with an error.
#
# Why it matters: aliases save bytes where topics are longer than messages, as they often are for
#   devices. A test that sends one message to each topic passes. Leave `TopicAliasMaximum` out, so
#   that the broker must not use aliases, or keep the topics of each connection yourself, in
#   `on_message`. This project does not speak MQTT.
#
# Output:
#   paho-mqtt, on_message: a/1 first, "" second, b/1 third; acknowledged 1, 2, 3
#   paho-mqtt, message_callback_add: a/1 first, b/1 third; acknowledged 1, 2, 3
#   aiomqtt: a/1 first, MqttError; acknowledged 1
#   gmqtt: a/1 first, a/1 second, b/1 third; acknowledged 1, 2, 3
#
# It needs Python 3.10 or later. The broker is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiomqtt==2.5.1 gmqtt==0.8.0 paho-mqtt==2.2.0
cat >main.py <<'END'
import asyncio
import logging
import socket
import threading

import aiomqtt
import gmqtt
import paho.mqtt.client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

logging.disable(logging.CRITICAL)
ALLOWED = Properties(PacketTypes.CONNECT)
ALLOWED.TopicAliasMaximum = 10


def publish(number, topic, payload, alias=None):
    properties = b"\x23" + alias.to_bytes(2, "big") if alias else b""
    length = len(topic).to_bytes(2, "big")
    rest = length + topic + number.to_bytes(2, "big") + bytes([len(properties)]) + properties + payload
    return bytes([0x32, len(rest)]) + rest


class Broker:
    """Serves one connection: after it subscribes, it gets three messages, two of them of one topic."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.acknowledged = []
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        self.connection, _ = self.listener.accept()
        self.listener.close()
        with self.connection, self.connection.makefile("rb") as stream:
            while first := stream.read(1):
                packet = stream.read(stream.read(1)[0])  # every packet here is shorter than 128 bytes
                self.handle(first[0] >> 4, packet)

    def handle(self, kind, packet):
        if kind == 1:
            assert b"\x22\x00\x0a" in packet, "the client allows ten aliases"
            self.connection.sendall(bytes.fromhex("2003000000"))
        elif kind == 8:
            self.connection.sendall(bytes.fromhex("9004") + packet[:2] + bytes.fromhex("0001"))
            self.connection.sendall(publish(1, b"a/1", b"first", alias=1))
            self.connection.sendall(publish(2, b"", b"second", alias=1))
            self.connection.sendall(publish(3, b"b/1", b"third"))
        elif kind == 4:
            self.acknowledged.append(int.from_bytes(packet[:2], "big"))
            if self.acknowledged[-1] == 3:
                self.done.set()

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client has closed it
        self.thread.join()


def use_paho(broker, seen, with_filters):
    client = paho.mqtt.client.Client(
        paho.mqtt.client.CallbackAPIVersion.VERSION2, client_id="c", protocol=paho.mqtt.client.MQTTv5
    )
    take = lambda client, _, message: seen.append((message.topic, message.payload))
    if with_filters:
        client.message_callback_add("a/+", take)
        client.message_callback_add("b/+", take)
    else:
        client.on_message = take
    client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
    client.connect("127.0.0.1", broker.port, properties=ALLOWED)
    client.loop_start()
    broker.done.wait(20)
    client.disconnect()
    client.loop_stop()


async def use_aiomqtt(broker, seen):
    version = aiomqtt.ProtocolVersion.V5
    try:
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, identifier="c", protocol=version, properties=ALLOWED
        ) as client:
            await client.subscribe("#", qos=1)
            async for message in client.messages:
                seen.append((message.topic.value, message.payload))
    except aiomqtt.MqttError:
        seen.append(("MqttError", b""))


async def use_gmqtt(broker, seen):
    async def take(client, topic, payload, *_):
        seen.append((topic, payload))
        return 0

    client = gmqtt.Client("c", topic_alias_maximum=10)
    client.on_message = take
    await client.connect("127.0.0.1", broker.port)
    client.subscribe("#", qos=1)
    await asyncio.to_thread(broker.done.wait, 20)
    await client.disconnect()


def show(name, use):
    broker = Broker()
    seen = []
    use(broker, seen)
    broker.close()
    quoted = '""'
    messages = ", ".join(f"{topic or quoted} {payload.decode()}".rstrip() for topic, payload in seen)
    print(f"{name}: {messages}; acknowledged {', '.join(map(str, broker.acknowledged))}")


show("paho-mqtt, on_message", lambda broker, seen: use_paho(broker, seen, with_filters=False))
show("paho-mqtt, message_callback_add", lambda broker, seen: use_paho(broker, seen, with_filters=True))
show("aiomqtt", lambda broker, seen: asyncio.run(use_aiomqtt(broker, seen)))
show("gmqtt", lambda broker, seen: asyncio.run(use_gmqtt(broker, seen)))
END
timeout 60 venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
paho-mqtt, on_message: a/1 first, "" second, b/1 third; acknowledged 1, 2, 3
paho-mqtt, message_callback_add: a/1 first, b/1 third; acknowledged 1, 2, 3
aiomqtt: a/1 first, MqttError; acknowledged 1
gmqtt: a/1 first, a/1 second, b/1 third; acknowledged 1, 2, 3
END
