#!/usr/bin/env bash
# mqtt 5.16.0 (npm), paho-mqtt 2.2.0 (PyPI): the limits that a broker names when it accepts a
# connection are not kept. One message beyond them takes down every connection that follows, and
# the messages after it never arrive.
#
# Expected: in MQTT 5, a broker names its Maximum Packet Size, its Maximum QoS and how many messages
#   without acknowledgement it takes, the Receive Maximum. `publish` returns an error for a message
#   beyond the first two, and the client waits with those beyond the third, since it must not send
#   them (MQTT 5, 3.2.2.3).
# Seen: both clients send them all, and `publish` reports no error. The broker disconnects with the
#   reason that the standard names, the client connects again and sends the same message first. With
#   a Receive Maximum of 3, paho-mqtt publishes the first three events on each connection, and gets
#   no further; MQTT.js publishes them twice, and then the others.
#
# Why it matters: Event Grid's broker documents a Maximum QoS of 1 and a Maximum Packet Size of
#   512 KiB. One reading that is too large, or one line with QoS 2, stops a device, and what is seen
#   of it is a connection that comes and goes. Check size and QoS before `publish`, and give
#   paho-mqtt's `max_inflight_messages_set` no more than the broker takes. In this project's
#   clients, messages go to the broker by HTTP: each has a response of its own, so one that is
#   refused does not stop others, and there is no QoS 2.
#
# Output:
#   MQTT.js, Maximum Packet Size: 3 connections; ended: packet too large; accepted: none
#   MQTT.js, Maximum QoS: 3 connections; ended: QoS not supported; accepted: none
#   MQTT.js, Receive Maximum: 2 connections; ended: Receive Maximum exceeded; accepted: abcabcdef
#   paho-mqtt, Maximum Packet Size: 3 connections; ended: packet too large; accepted: none
#   paho-mqtt, Maximum QoS: 3 connections; ended: QoS not supported; accepted: none
#   paho-mqtt, Receive Maximum: 3 connections; ended: Receive Maximum exceeded; accepted: abcabcabc
#
# It needs Node.js 20 or later with npm, and Python 3.10 or later. The broker is in the same process
# as MQTT.js. It ends a case at the third connection that it has to end.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0 mqtt-packet@9.0.2
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check paho-mqtt==2.2.0
cat >client.py <<'END'
import json
import sys
import time

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

port, messages = int(sys.argv[1]), json.loads(sys.argv[2])
client = Client(CallbackAPIVersion.VERSION2, "device-17", protocol=MQTTv5)
client.reconnect_delay_set(1, 1)
client.connect("127.0.0.1", port, clean_start=False)
client.loop_start()
while not client.is_connected():
    time.sleep(0.01)
for message in messages:
    result = client.publish("devices/17", message["payload"], message["qos"])
    if result.rc not in (0, 4):  # Sent, or kept until there is a connection again.
        sys.exit(f"publish: {result.rc}")
time.sleep(60)
END
cat >main.js <<'END'
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const net = require("node:net");
const mqtt = require("mqtt");
const { generate, parser } = require("mqtt-packet");

const ENDS = { 0x93: "Receive Maximum exceeded", 0x95: "packet too large", 0x9b: "QoS not supported" };

// A broker that names these limits, and disconnects a client that does not keep them.
function broker(limits) {
  const seen = { connections: 0, ends: [], accepted: "" };
  const server = net.createServer((connection) => {
    seen.connections += 1;
    const read = parser();
    let inFlight = 0;
    let isEnded = false;
    const respond = (packet) => isEnded || connection.write(generate(packet, { protocolVersion: 5 }));
    const end = (reasonCode) => {
      respond({ cmd: "disconnect", reasonCode });
      isEnded = true;
      seen.ends.push(ENDS[reasonCode]);
      connection.end();
      if (seen.ends.length === 3) server.emit("enough");
    };
    read.on("packet", (packet) => {
      if (isEnded) return;
      const sessionPresent = seen.connections > 1;
      if (packet.cmd === "connect") respond({ cmd: "connack", reasonCode: 0, sessionPresent, properties: limits });
      if (packet.cmd !== "publish") return;
      if (packet.length > (limits.maximumPacketSize ?? Infinity)) return end(0x95);
      if (packet.qos > (limits.maximumQoS ?? 2)) return end(0x9b);
      if (inFlight === (limits.receiveMaximum ?? 65535)) return end(0x93);
      inFlight += 1;
      seen.accepted += packet.payload.toString().at(-1);
      // So late that a client on a busy machine, too, has sent all that it will send without it.
      setTimeout(() => {
        inFlight -= 1;
        respond({ cmd: "puback", messageId: packet.messageId, reasonCode: 0 });
        if (seen.accepted.endsWith("f") && inFlight === 0) server.emit("enough");
      }, 2000);
    });
    connection.on("data", (bytes) => read.parse(bytes));
    connection.on("error", () => {});
  });
  return { server, seen };
}

// Each begins a client that publishes, and returns what ends it.
const clients = {
  "MQTT.js": (port, messages) => {
    const options = { protocolVersion: 5, reconnectPeriod: 100, clientId: "device-17", clean: false };
    const client = mqtt.connect({ port, ...options });
    client.once("connect", () => {
      for (const { payload, qos } of messages) {
        client.publish("devices/17", payload, { qos }, (error) => error && console.log("publish:", error));
      }
    });
    client.on("error", (error) => console.log("client:", error));
    return () => client.end(true);
  },
  "paho-mqtt": (port, messages) => {
    const client = spawn("venv/bin/python", ["client.py", port, JSON.stringify(messages)], { stdio: "inherit" });
    return () => client.kill();
  },
};

const letters = (qos) => [..."abcdef"].map((payload) => ({ payload, qos }));
const large = { payload: "a".padStart(1000), qos: 1 };
const cases = [
  ["Maximum Packet Size", { maximumPacketSize: 200 }, [large, ...letters(1).slice(1)]],
  ["Maximum QoS", { maximumQoS: 1 }, [...letters(2).slice(0, 1), ...letters(1).slice(1)]],
  ["Receive Maximum", { receiveMaximum: 3 }, letters(1)],
];

(async () => {
  for (const [name, begin] of Object.entries(clients)) {
    for (const [limit, limits, messages] of cases) {
      const { server, seen } = broker(limits);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const end = begin(server.address().port, messages);
      await once(server, "enough");
      const { connections, ends, accepted } = seen;
      end();
      server.close();
      const reasons = [...new Set(ends)].join(", ");
      console.log(`${name}, ${limit}: ${connections} connections; ended: ${reasons}; accepted: ${accepted || "none"}`);
    }
  }
  process.exit();
})();
END
node main.js >seen
cat seen
diff seen - <<'END'
MQTT.js, Maximum Packet Size: 3 connections; ended: packet too large; accepted: none
MQTT.js, Maximum QoS: 3 connections; ended: QoS not supported; accepted: none
MQTT.js, Receive Maximum: 2 connections; ended: Receive Maximum exceeded; accepted: abcabcdef
paho-mqtt, Maximum Packet Size: 3 connections; ended: packet too large; accepted: none
paho-mqtt, Maximum QoS: 3 connections; ended: QoS not supported; accepted: none
paho-mqtt, Receive Maximum: 3 connections; ended: Receive Maximum exceeded; accepted: abcabcabc
END
