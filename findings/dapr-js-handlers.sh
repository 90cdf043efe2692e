#!/usr/bin/env bash
# @dapr/dapr 3.18.0 (npm): an event whose handler fails is acknowledged as a success. Where its data
# is 0, false or "", the handler is given the whole event in the place of the data.
#
# Expected: a handler that throws has its event delivered again or dead-lettered, as the docs of
#   `TypeDaprPubSubCallback` say, and as this package does for an input binding. A handler asks for
#   the same by the status that it returns, and gets the data of the event, whatever its value is.
# Seen: the error is logged, and the response to Dapr is 200 with the status SUCCESS. A status
#   counts only as one of three strings: an object with the member `status`, as in the example of
#   `IServerPubSub`, is a SUCCESS, whatever it says. Data that JavaScript takes for false is taken
#   for no data, and the handler is given the event, as it is for one without data. Bytes that read
#   as JSON become a value, and other bytes become text, in which those that are not UTF-8 are lost.
#
# Why it matters: Dapr takes events of Event Grid by an input binding, and by the pub/sub of Event
#   Hubs and Service Bus, to which Event Grid delivers. In pub/sub, an event is lost if a database
#   is away for a moment. Catch errors in the handler and return "RETRY" yourself, and treat an
#   object with `specversion` as an event whose data may be in its `data`. This project's worker
#   releases an event whose handler fails, so that it is delivered again.
#
# Output:
#   pub/sub, the handler throws: 200 {"status":"SUCCESS"}
#   pub/sub, the handler returns "RETRY": 200 {"status":"RETRY"}
#   pub/sub, the handler returns {"status":"RETRY"}: 200 {"status":"SUCCESS"}
#   pub/sub, the handler returns false: 200 {"status":"SUCCESS"}
#   input binding, the handler throws: 500
#   "data":{"a":1}: {"a":1}
#   "data":5: 5
#   "data":0: the event
#   "data":false: the event
#   "data":"": the event
#   "data":null: the event
#   no data: the event
#   "data_base64":"NDI=", the bytes of 42: 42
#   "data_base64":"/w==", the byte FF: "\ufffd"
#
# It needs Node.js 20 or later with npm. The script takes the place of Dapr: it says that it is
# well, and delivers events as Dapr does.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @dapr/dapr@3.18.0
cat >main.js <<'END'
const { once } = require("node:events");
const http = require("node:http");
const net = require("node:net");
const { DaprServer } = require("@dapr/dapr");

const event = { specversion: "1.0", id: "1", source: "/s", type: "T" };
const handlers = {
  throws: () => {
    throw new Error("the database is away");
  },
  'returns "RETRY"': () => "RETRY",
  'returns {"status":"RETRY"}': () => ({ status: "RETRY" }),
  "returns false": () => false,
};
const data = {
  '"data":{"a":1}': { data: { a: 1 } },
  '"data":5': { data: 5 },
  '"data":0': { data: 0 },
  '"data":false': { data: false },
  '"data":""': { data: "" },
  '"data":null': { data: null },
  "no data": {},
  '"data_base64":"NDI=", the bytes of 42': { data_base64: "NDI=" },
  '"data_base64":"/w==", the byte FF': { data_base64: "/w==" },
};

const silent = Object.fromEntries(["error", "warn", "info", "verbose", "debug"].map((level) => [level, () => {}]));

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return String(server.address().port);
}

async function freePort() {
  const server = net.createServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  return port;
}

// JSON in which every character that is not ASCII is escaped.
const json = (value) =>
  JSON.stringify(value).replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

(async () => {
  const dapr = http.createServer((_, response) => response.setHeader("content-type", "application/json").end("{}"));
  const serverPort = await freePort();
  const server = new DaprServer({
    serverHost: "127.0.0.1",
    serverPort,
    clientOptions: { daprHost: "127.0.0.1", daprPort: await listen(dapr), logger: { service: silent } },
  });
  const topics = Object.keys(handlers);
  for (const [number, name] of topics.entries()) {
    await server.pubsub.subscribe("pubsub", String(number), async () => handlers[name]());
  }
  let given;
  await server.pubsub.subscribe("pubsub", "data", async (data) => void (given = data));
  await server.binding.receive("binding", async () => handlers.throws());
  await server.start();

  const deliver = (path, event) =>
    fetch(`http://127.0.0.1:${serverPort}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json", connection: "close" },
      body: JSON.stringify(event),
    });
  for (const [number, name] of topics.entries()) {
    const response = await deliver(`pubsub--${number}--default`, { ...event, data: 5 });
    console.log(`pub/sub, the handler ${name}: ${response.status} ${await response.text()}`);
  }
  console.log(`input binding, the handler throws: ${(await deliver("binding", event)).status}`);
  for (const [name, members] of Object.entries(data)) {
    await deliver("pubsub--data--default", { ...event, ...members });
    console.log(`${name}: ${given?.specversion ? "the event" : json(given)}`);
  }
  process.exit();
})();
END
node main.js >seen 2>errors || { cat errors >&2; exit 1; }
cat seen
diff seen - <<'END'
pub/sub, the handler throws: 200 {"status":"SUCCESS"}
pub/sub, the handler returns "RETRY": 200 {"status":"RETRY"}
pub/sub, the handler returns {"status":"RETRY"}: 200 {"status":"SUCCESS"}
pub/sub, the handler returns false: 200 {"status":"SUCCESS"}
input binding, the handler throws: 500
"data":{"a":1}: {"a":1}
"data":5: 5
"data":0: the event
"data":false: the event
"data":"": the event
"data":null: the event
no data: the event
"data_base64":"NDI=", the bytes of 42: 42
"data_base64":"/w==", the byte FF: "\ufffd"
END
