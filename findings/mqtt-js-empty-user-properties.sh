#!/usr/bin/env bash
# mqtt 5.16.0 on mqtt-packet 9.0.2 (npm): a message whose user properties are an empty object is
# never sent, without an error. Structured CloudEvents of cloudevents 10.0.0 (npm) are such
# messages.
#
# Expected: `userProperties: {}` is a message without user properties. It is sent like one that does
#   not name them, and what cannot be sent is an error of `publish`. A message that the CloudEvents
#   SDK makes, whose members are named after those of MQTT, can be given to an MQTT client.
# Seen: no byte is written, and the callback is never called, with QoS 0 and 1 alike. The client
#   stays connected, and the next message is sent. The SDK's `MQTT.structured` makes a message whose
#   "User Properties" are `{}`. Those of `MQTT.binary` name each optional attribute that the event
#   does not have, as undefined, and `publish` throws.
#
# Why it matters: a device that publishes structured events by these two packages publishes none,
#   and an alert on errors stays silent; `await client.publishAsync` waits forever. The same happens
#   to a program that collects user properties in an object and has none this time. Leave the member
#   out where it would be empty, and each attribute that is undefined. In this project's MqttMessage
#   no user properties and an empty list of them are the same request.
#
# Output:
#   QoS 0, no userProperties: sent, callback called
#   QoS 0, {"a":"b"}: sent, callback called
#   QoS 0, {}: not sent, callback not called
#   QoS 1, no userProperties: sent, callback called
#   QoS 1, {"a":"b"}: sent, callback called
#   QoS 1, {}: not sent, callback not called
#   user properties of MQTT.structured: {}
#   QoS 1, MQTT.structured: not sent, callback not called
#   QoS 1, MQTT.structured, without them: sent, callback called
#   undefined user properties of MQTT.binary: datacontentencoding, dataschema, schemaurl, subject
#   QoS 1, MQTT.binary: TypeError
#   QoS 1, MQTT.binary, without those: sent, callback called
#
# It needs Node.js 20 or later and npm. The broker is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0 mqtt-packet@9.0.2 cloudevents@10.0.0
cat >main.js <<'END'
const { once } = require("node:events");
const net = require("node:net");
const { CloudEvent, MQTT } = require("cloudevents");
const mqtt = require("mqtt");
const { generate, parser } = require("mqtt-packet");

const arrived = [];

// Accepts every client and every message.
const broker = net.createServer((connection) => {
  const read = parser();
  const respond = (packet) => connection.write(generate(packet, { protocolVersion: 5 }));
  read.on("packet", (packet) => {
    if (packet.cmd === "connect") respond({ cmd: "connack", reasonCode: 0, sessionPresent: false });
    if (packet.cmd !== "publish") return;
    arrived.push(packet.payload.toString());
    if (packet.qos === 1) respond({ cmd: "puback", messageId: packet.messageId, reasonCode: 0 });
  });
  connection.on("data", (bytes) => read.parse(bytes));
  connection.on("error", () => {});
});

async function show(name, qos, payload, properties) {
  arrived.length = 0;
  const client = await mqtt.connectAsync({ port: broker.address().port, protocolVersion: 5, reconnectPeriod: 0 });
  let error;
  let isCalled = false;
  client.on("error", (found) => (error = found));
  try {
    client.publish("devices/17", payload, { qos, properties }, (found) => {
      error ??= found;
      isCalled = true;
    });
    // What is sent first arrives first.
    await client.publishAsync("devices/17", "next", { qos: 1 });
  } catch (found) {
    error ??= found;
  }
  const isSent = arrived.includes(payload);
  const result = `${isSent ? "sent" : "not sent"}, callback ${isCalled ? "called" : "not called"}`;
  console.log(`QoS ${qos}, ${name}: ${error?.constructor.name ?? result}`);
  client.end(true);
}

(async () => {
  broker.listen(0, "127.0.0.1");
  await once(broker, "listening");
  for (const qos of [0, 1]) {
    await show("no userProperties", qos, "reading", {});
    await show('{"a":"b"}', qos, "reading", { userProperties: { a: "b" } });
    await show("{}", qos, "reading", { userProperties: {} });
  }

  const event = new CloudEvent({ id: "1", source: "/s", type: "T", datacontenttype: "text/plain", data: "reading" });
  const structured = MQTT.structured(event);
  const contentType = structured.PUBLISH["Content Type"];
  const userProperties = structured["User Properties"];
  console.log("user properties of MQTT.structured:", JSON.stringify(userProperties));
  await show("MQTT.structured", 1, JSON.stringify(structured.payload), { contentType, userProperties });
  await show("MQTT.structured, without them", 1, JSON.stringify(structured.payload), { contentType });

  const binary = MQTT.binary(event);
  const attributes = Object.entries(binary["User Properties"]);
  const absent = attributes.filter(([, value]) => value === undefined).map(([name]) => name);
  console.log("undefined user properties of MQTT.binary:", absent.sort().join(", "));
  const text = { contentType: "text/plain" };
  await show("MQTT.binary", 1, binary.payload, { ...text, userProperties: Object.fromEntries(attributes) });
  const present = Object.fromEntries(attributes.filter(([, value]) => value !== undefined));
  await show("MQTT.binary, without those", 1, binary.payload, { ...text, userProperties: present });
  process.exit();
})();
END
node main.js >seen
cat seen
diff seen - <<'END'
QoS 0, no userProperties: sent, callback called
QoS 0, {"a":"b"}: sent, callback called
QoS 0, {}: not sent, callback not called
QoS 1, no userProperties: sent, callback called
QoS 1, {"a":"b"}: sent, callback called
QoS 1, {}: not sent, callback not called
user properties of MQTT.structured: {}
QoS 1, MQTT.structured: not sent, callback not called
QoS 1, MQTT.structured, without them: sent, callback called
undefined user properties of MQTT.binary: datacontentencoding, dataschema, schemaurl, subject
QoS 1, MQTT.binary: TypeError
QoS 1, MQTT.binary, without those: sent, callback called
END
