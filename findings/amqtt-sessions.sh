#!/usr/bin/env bash
# amqtt 0.12.1 (PyPI), a broker for MQTT 3.1.1: by default, each session is forgotten within
# seconds. Otherwise, messages that it kept for a client come as retained ones.
#
# Expected: a client that connects without a clean session has one. While it is away, the broker
#   keeps its subscriptions, and the messages of QoS 1 and 2 for them (MQTT 3.1.1, 3.1.2.4). When it
#   is back, they come without the flag RETAIN, since they match a subscription that is there
#   (3.3.1.3). A client that gives a user name is not anonymous.
# Seen: anonymous clients are allowed by default, and then every client is one, with a user name,
#   too. Three seconds after it has gone, so has its session. The messages for it are
#   acknowledged to their publisher all the same. If it does not subscribe again, it hears
#   nothing any more. With `allow_anonymous` false, all messages come, but with RETAIN.
#
# Why it matters: amqtt is a broker that a test can have in its own process. A device that relies on
#   its session fails there, or, if it subscribes after each connect, has lost what came in the
#   meantime. One that passes over retained messages as outdated, as is common with commands, drops
#   all that was kept. Test sessions with `allow_anonymous` false and any user name, and flags with
#   another broker. This project does not speak MQTT.
#
# Output:
#   default, no user name: no session; acknowledged 4; received nothing; later nothing
#   default, a user name: no session; acknowledged 4; received nothing; later nothing
#   allow_anonymous false, a user name: a session; acknowledged 4; received 1 retained, 2
#     retained, 3 retained; later 4
#
# It needs Python 3.10 or later. The broker is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check amqtt==0.12.1 paho-mqtt==2.2.0
cat >main.py <<'END'
import asyncio
import logging
import socket
import threading
import time

from amqtt.broker import Broker
from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv311

logging.disable(logging.CRITICAL)


class Peer:
    """A client, and what it has seen since it connected."""

    def __init__(self, name, port, user, clean):
        self.connected, self.subscribed = threading.Event(), threading.Event()
        self.received = []
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311, clean_session=clean)
        if user:
            self.client.username_pw_set(user, "password")
        self.client.on_connect = self.take_connected
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = self.take_message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.connected.wait(20)

    def take_connected(self, client, _, flags, code, properties):
        assert not code.is_failure
        self.has_session = flags.session_present
        self.connected.set()

    def take_message(self, client, _, message):
        self.received.append(message.payload.decode() + (" retained" if message.retain else ""))

    def publish(self, *payloads):
        messages = [self.client.publish("commands", payload, qos=1) for payload in payloads]
        for message in messages:
            message.wait_for_publish(20)
        return sum(message.is_published() for message in messages)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def show(port, user):
    publisher = Peer("publisher", port, user, clean=True)
    device = Peer("device", port, user, clean=False)
    assert not device.has_session
    device.client.subscribe("commands", qos=1)
    assert device.subscribed.wait(20)
    device.close()
    time.sleep(3)
    acknowledged = publisher.publish("1", "2", "3")
    device = Peer("device", port, user, clean=False)
    time.sleep(3)
    kept = ", ".join(device.received) or "nothing"
    device.received.clear()
    acknowledged += publisher.publish("4")
    time.sleep(3)
    later = ", ".join(device.received) or "nothing"
    device.close()
    publisher.close()
    session = "a session" if device.has_session else "no session"
    return f"{session}; acknowledged {acknowledged}; received {kept}; later {later}"


async def main():
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}}
    for name, options in [("default", {}), ("allow_anonymous false", {"plugins": plugins})]:
        for user in [None, "user"]:
            if options and not user:
                continue  # is refused
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            broker = Broker({"listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}} | options)
            await broker.start()
            result = await asyncio.to_thread(show, port, user)
            await broker.shutdown()
            print(f"{name}, {'a' if user else 'no'} user name: {result}", flush=True)


asyncio.run(main())
END
timeout 300 venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
default, no user name: no session; acknowledged 4; received nothing; later nothing
default, a user name: no session; acknowledged 4; received nothing; later nothing
allow_anonymous false, a user name: a session; acknowledged 4; received 1 retained, 2 retained, 3 retained; later 4
END
