#!/usr/bin/env bash
# aiomqtt 2.5.1, paho-mqtt 2.2.0, gmqtt 0.8.0 (PyPI): a message that the broker has refused counts
# as published. In JavaScript, it is an error.
#
# Expected: in MQTT 5, the acknowledgement of a message says whether the broker took it (3.4.2.1 and
#   3.5.2.1). Codes from 0x80 are failures, such as "Not authorized" and "Quota exceeded". A call
#   that waits for the acknowledgement, like `publish` of aiomqtt and `wait_for_publish` of paho,
#   fails then, and so does a refused subscription. A message of QoS 2 ends with its refusal: only
#   what was accepted is released (4.3.3).
# Seen: aiomqtt returns as if the broker had the message, and shows the code nowhere. paho returns,
#   too, and `is_published` is true. Only `on_publish` gets the code. At QoS 2, both release the
#   refused message, and paho reports the response to that in place of the code. gmqtt drops the
#   message, and logs that at QoS 2 only. A refused subscription is no error in aiomqtt, either: the
#   code is in the list that `subscribe` returns. mqtt 5.16.0 (npm) reports all of them.
#
# Why it matters: Event Grid's broker has rights for topics, and limits of messages per second. A
#   gateway that deletes its readings when `publish` has returned deletes those that were refused. A
#   consumer whose subscription was refused waits forever. With paho, decide in `on_publish`. With
#   aiomqtt, check what `subscribe` returns; for what `publish` sends, use paho itself. This
#   project's publishers, which use HTTP, report what the service refuses as an error.
#
# Output:
#   aiomqtt, QoS 1: returned; sent PUBLISH
#   aiomqtt, QoS 2: returned; sent PUBLISH, PUBREL
#   aiomqtt, subscription: returned [Quota exceeded]; sent SUBSCRIBE
#   paho-mqtt, QoS 1: returned, published, on_publish: Quota exceeded; sent PUBLISH
#   paho-mqtt, QoS 2: returned, published, on_publish: Packet identifier not found; sent
#     PUBLISH, PUBREL
#   paho-mqtt, subscription: returned, on_subscribe: Quota exceeded; sent SUBSCRIBE
#   gmqtt, QoS 1: returned, dropped; sent PUBLISH
#   gmqtt, QoS 2: returned, dropped; sent PUBLISH
#   gmqtt, subscription: returned, on_subscribe: 151; sent SUBSCRIBE
#   mqtt, QoS 1: Publish error: Quota exceeded; sent PUBLISH
#   mqtt, QoS 2: Publish error: Quota exceeded; sent PUBLISH
#   mqtt, subscription: Subscribe error: Quota exceeded; sent SUBSCRIBE
#
# It needs Python 3.10 or later, and Node.js 20 or later with npm. The broker, which refuses
# everything, is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiomqtt==2.5.1 gmqtt==0.8.0 paho-mqtt==2.2.0
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0
cat >main.mjs <<'END'
import mqtt from "mqtt";

const [port, qos] = process.argv.slice(2).map(Number);
const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, clientId: "c" });
const sent = qos ? client.publishAsync("a", "1", { qos }) : client.subscribeAsync("a", { qos: 1 });
console.log(await sent.then(() => "returned", (error) => error.message));
await client.endAsync();
END
cat >main.py <<'END'
import asyncio
import logging
import socket
import subprocess
import threading

import aiomqtt
import gmqtt
import paho.mqtt.client

logging.disable(logging.CRITICAL)
CONNECT, PUBLISH, PUBREL, SUBSCRIBE = 1, 3, 6, 8
NAMES = {PUBLISH: "PUBLISH", PUBREL: "PUBREL", SUBSCRIBE: "SUBSCRIBE"}
QUOTA_EXCEEDED, PACKET_IDENTIFIER_NOT_FOUND = b"\x97", b"\x92"


class Broker:
    """Serves one connection, and accepts nothing but that."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sent = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        with connection, connection.makefile("rb") as stream:
            while first := stream.read(1):
                packet = stream.read(stream.read(1)[0])  # every packet here is shorter than 128 bytes
                self.sent.append(NAMES.get(first[0] >> 4))
                connection.sendall(self.response(first[0] >> 4, first[0] >> 1 & 3, packet))

    def response(self, kind, qos, packet):
        if kind == CONNECT:
            return bytes.fromhex("2003000000")
        if kind == PUBLISH:
            number = packet[3:5]  # after the topic "a"
            return (b"\x40" if qos == 1 else b"\x50") + b"\x03" + number + QUOTA_EXCEEDED
        if kind == PUBREL:
            return b"\x70\x03" + packet[:2] + PACKET_IDENTIFIER_NOT_FOUND
        if kind == SUBSCRIBE:
            return b"\x90\x04" + packet[:2] + b"\x00" + QUOTA_EXCEEDED
        return b""


async def use_aiomqtt(port, qos):
    async with aiomqtt.Client("127.0.0.1", port, identifier="c", protocol=aiomqtt.ProtocolVersion.V5) as client:
        if qos:
            result = await client.publish("a", b"1", qos=qos)
        else:
            result = await client.subscribe("a", qos=1)
        return "returned" if result is None else f"returned [{', '.join(map(str, result))}]"


def use_paho(port, qos):
    client = paho.mqtt.client.Client(
        paho.mqtt.client.CallbackAPIVersion.VERSION2, client_id="c", protocol=paho.mqtt.client.MQTTv5
    )
    codes = []
    done = threading.Event()

    def take(_, data, number, code, properties):
        codes.append(str(code[0] if isinstance(code, list) else code))
        done.set()

    client.on_publish = client.on_subscribe = take
    client.connect("127.0.0.1", port)
    client.loop_start()
    if qos:
        message = client.publish("a", b"1", qos=qos)
        message.wait_for_publish(20)
        result = f"returned, {'published' if message.is_published() else 'not published'}, on_publish"
    else:
        client.subscribe("a", qos=1)
        result = "returned, on_subscribe"
    done.wait(20)
    client.disconnect()
    client.loop_stop()
    return f"{result}: {', '.join(codes)}"


async def use_gmqtt(port, qos):
    client = gmqtt.Client("c")
    codes = asyncio.Queue()
    client.on_subscribe = lambda client, number, granted, properties: codes.put_nowait(granted)
    await client.connect("127.0.0.1", port)
    if qos:
        client.publish("a", b"1", qos=qos)
        await asyncio.wait_for(client._persistent_storage.wait_empty(), 20)
        result = "returned, dropped"
    else:
        client.subscribe("a", qos=1)
        result = f"returned, on_subscribe: {', '.join(map(str, await codes.get()))}"
    await client.disconnect()
    return result


def use_mqtt(port, qos):
    return subprocess.check_output(["node", "main.mjs", str(port), str(qos)], text=True).strip()


for name, use in [
    ("aiomqtt", lambda *arguments: asyncio.run(use_aiomqtt(*arguments))),
    ("paho-mqtt", use_paho),
    ("gmqtt", lambda *arguments: asyncio.run(use_gmqtt(*arguments))),
    ("mqtt", use_mqtt),
]:
    for what, qos in [("QoS 1", 1), ("QoS 2", 2), ("subscription", 0)]:
        broker = Broker()
        result = use(broker.port, qos)
        broker.thread.join()
        print(f"{name}, {what}: {result}; sent {', '.join(filter(None, broker.sent))}", flush=True)
END
timeout 300 venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
aiomqtt, QoS 1: returned; sent PUBLISH
aiomqtt, QoS 2: returned; sent PUBLISH, PUBREL
aiomqtt, subscription: returned [Quota exceeded]; sent SUBSCRIBE
paho-mqtt, QoS 1: returned, published, on_publish: Quota exceeded; sent PUBLISH
paho-mqtt, QoS 2: returned, published, on_publish: Packet identifier not found; sent PUBLISH, PUBREL
paho-mqtt, subscription: returned, on_subscribe: Quota exceeded; sent SUBSCRIBE
gmqtt, QoS 1: returned, dropped; sent PUBLISH
gmqtt, QoS 2: returned, dropped; sent PUBLISH
gmqtt, subscription: returned, on_subscribe: 151; sent SUBSCRIBE
mqtt, QoS 1: Publish error: Quota exceeded; sent PUBLISH
mqtt, QoS 2: Publish error: Quota exceeded; sent PUBLISH
mqtt, subscription: Subscribe error: Quota exceeded; sent SUBSCRIBE
END
