#!/usr/bin/env bash
# cloudevents 10.0.0 with MQTT.js 5.16.0 and KafkaJS 2.2.4 (npm): the bindings for MQTT and Kafka do
# not fit these clients. A structured event that came by MQTT is read as another one, whose
# attributes are the bytes of the message.
#
# Expected: what `MQTT` and `Kafka` write can be given to the client of that protocol, and what the
#   client has received is read as the event that was sent, as it is with `HTTP` and fetch or
#   node:http. What cannot be read is an error, at the latest where `strict` asks for it.
# Seen: both clients receive buffers, and take text or buffers. MQTT.structured and MQTT.binary have
#   an object as their payload, and Kafka.binary has one as its value; it also has headers that are
#   undefined. Each is a TypeError in the client. Kafka.toEvent throws where the media type is a
#   buffer; without a media type, it returns an event whose id is a buffer. MQTT.toEvent takes the
#   buffer of a structured event for its attributes, also with `strict`: the event has a new id, no
#   type, no source, and attributes named "0", "1", "2". Text is read, but Kafka.toEvent throws a
#   RangeError for a structured event that has no `time`, which is optional.
#
# Why it matters: Event Grid routes what devices publish by MQTT, and delivers to Event Hubs, which
#   Kafka clients read. A consumer that deduplicates by id takes each delivery for a new event, and
#   one that selects by type drops all of them. Before these bindings, turn received headers, keys
#   and payloads into text; after them, write data as JSON and drop what is undefined. In this
#   project an event without an id, a type or a source is an error.
#
# Output:
#   MQTT, structured, sent: TypeError
#   MQTT, structured as JSON: another event: new id, type undefined, source undefined, "0" is 123
#   MQTT, structured as JSON, received as text: id 1, type T, data {"a":1}
#   MQTT, binary, sent: TypeError
#   MQTT, binary as JSON, defined properties: id 1, type T, data is a buffer
#   Kafka, structured, read: TypeError
#   Kafka, structured, received as text: id 1, type T, data {"a":1}
#   Kafka, structured without a time, received as text, read: RangeError
#   Kafka, binary, sent: TypeError
#   Kafka, binary as JSON, sent: TypeError
#   Kafka, binary as JSON, defined headers, read: TypeError
#   Kafka, binary as JSON, no media type: id is a buffer, type is a buffer, data is a buffer
#   Kafka, binary as JSON, defined headers, received as text: id 1, type T, data {"a":1}
#
# It needs Node.js 20 or later with npm. The broker for MQTT is in the same process. For Kafka there
# is none: records are written and read by the encoder and the decoder of KafkaJS.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  cloudevents@10.0.0 kafkajs@2.2.4 mqtt@5.16.0 mqtt-packet@9.0.2
cat >main.js <<'END'
const { once } = require("node:events");
const net = require("node:net");
const { CloudEvent, Kafka, MQTT } = require("cloudevents");
const Decoder = require("kafkajs/src/protocol/decoder");
const encodeRecord = require("kafkajs/src/protocol/recordBatch/record/v0");
const decodeRecord = require("kafkajs/src/protocol/recordBatch/record/v0/decoder");
const mqtt = require("mqtt");
const { generate, parser } = require("mqtt-packet");

const event = new CloudEvent({
  id: "1",
  source: "/s",
  type: "T",
  time: "2024-06-01T12:00:00Z",
  datacontenttype: "application/json",
  data: { a: 1 },
});

const value = (name, shown) => `${name} ${Buffer.isBuffer(shown) ? "is a buffer" : shown}`;

function show(name, read) {
  if (!read.type) {
    const id = read.id === event.id ? "the same id" : "new id";
    const rest = `type ${read.type}, source ${read.source}, "0" is ${read["0"]}`;
    return console.log(`${name}: another event: ${id}, ${rest}`);
  }
  const data = Buffer.isBuffer(read.data) ? read.data : JSON.stringify(read.data);
  console.log(`${name}: ${value("id", read.id)}, ${value("type", read.type)}, ${value("data", data)}`);
}

const defined = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

// A broker that sends what is published back to the publisher.
const broker = net.createServer((connection) => {
  const read = parser({ protocolVersion: 5 });
  const send = (packet) => connection.write(generate(packet, { protocolVersion: 5 }));
  read.on("packet", ({ cmd, messageId, topic, payload, properties }) => {
    if (cmd === "connect") send({ cmd: "connack", reasonCode: 0, sessionPresent: false });
    if (cmd === "subscribe") send({ cmd: "suback", messageId, granted: [0] });
    if (cmd === "publish") send({ cmd, topic, payload, qos: 0, properties });
  });
  connection.on("data", (bytes) => read.parse(bytes));
  connection.on("error", () => {});
});

async function byMqtt(name, message, asReceived = (payload) => payload) {
  const client = mqtt.connect({ port: broker.address().port, protocolVersion: 5, reconnectPeriod: 0 });
  await once(client, "connect");
  await client.subscribeAsync("devices");
  const properties = { contentType: message.PUBLISH["Content Type"] };
  if (Object.keys(message["User Properties"]).length > 0) properties.userProperties = message["User Properties"];
  try {
    const received = once(client, "message");
    await client.publishAsync("devices", message.payload, { properties });
    const [, payload, packet] = await received;
    const contentType = packet.properties.contentType;
    const headers = { ...packet.properties.userProperties };
    const read = MQTT.toEvent({ PUBLISH: { "Content Type": contentType }, headers, body: asReceived(payload) }, true);
    show(name, read);
  } catch (error) {
    console.log(`${name}, sent: ${error.constructor.name}`);
  }
  client.end(true);
}

function byKafka(name, message, asReceived = (record) => record) {
  let record;
  try {
    const written = new Decoder(encodeRecord(message).buffer);
    written.readVarInt(); // the length of the record
    record = decodeRecord(written, { firstOffset: "0", firstTimestamp: "0", magicByte: 2 });
  } catch (error) {
    return console.log(`${name}, sent: ${error.constructor.name}`);
  }
  try {
    show(name, Kafka.toEvent(asReceived(record)));
  } catch (error) {
    console.log(`${name}, read: ${error.constructor.name}`);
  }
}

const asText = ({ value, headers }) => ({
  value: value.toString(),
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.toString()])),
});

(async () => {
  broker.listen(0, "127.0.0.1");
  await once(broker, "listening");
  const structured = MQTT.structured(event);
  const binary = MQTT.binary(event);
  const asJson = ({ PUBLISH, payload, "User Properties": properties }) => ({
    PUBLISH,
    payload: JSON.stringify(payload),
    "User Properties": defined(properties),
  });
  await byMqtt("MQTT, structured", structured);
  await byMqtt("MQTT, structured as JSON", asJson(structured));
  await byMqtt("MQTT, structured as JSON, received as text", asJson(structured), String);
  await byMqtt("MQTT, binary", binary);
  await byMqtt("MQTT, binary as JSON, defined properties", asJson(binary));
  broker.close();

  byKafka("Kafka, structured", Kafka.structured(event));
  byKafka("Kafka, structured, received as text", Kafka.structured(event), asText);
  const { time, ...timeless } = event.toJSON();
  const withoutTime = { ...Kafka.structured(event), value: JSON.stringify(timeless) };
  byKafka("Kafka, structured without a time, received as text", withoutTime, asText);
  const message = Kafka.binary(event);
  const json = { ...message, value: JSON.stringify(message.value) };
  const whole = { ...json, headers: defined(json.headers) };
  const { "content-type": contentType, ce_datacontenttype, ...others } = whole.headers;
  byKafka("Kafka, binary", message);
  byKafka("Kafka, binary as JSON", json);
  byKafka("Kafka, binary as JSON, defined headers", whole);
  const untyped = { ...whole, headers: others };
  byKafka("Kafka, binary as JSON, no media type", untyped);
  byKafka("Kafka, binary as JSON, defined headers, received as text", whole, asText);
})();
END
node main.js >seen
cat seen
diff seen - <<'END'
MQTT, structured, sent: TypeError
MQTT, structured as JSON: another event: new id, type undefined, source undefined, "0" is 123
MQTT, structured as JSON, received as text: id 1, type T, data {"a":1}
MQTT, binary, sent: TypeError
MQTT, binary as JSON, defined properties: id 1, type T, data is a buffer
Kafka, structured, read: TypeError
Kafka, structured, received as text: id 1, type T, data {"a":1}
Kafka, structured without a time, received as text, read: RangeError
Kafka, binary, sent: TypeError
Kafka, binary as JSON, sent: TypeError
Kafka, binary as JSON, defined headers, read: TypeError
Kafka, binary as JSON, no media type: id is a buffer, type is a buffer, data is a buffer
Kafka, binary as JSON, defined headers, received as text: id 1, type T, data {"a":1}
END
