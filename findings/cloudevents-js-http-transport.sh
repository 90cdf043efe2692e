#!/usr/bin/env bash
# cloudevents 10.0.0 (npm): an event that the receiver has refused counts as sent, and the status of
# the response is nowhere. An event without data is not sent at all.
#
# Expected: `emitterFor(httpTransport(sink))`, which the README calls the easiest way to send
#   events, rejects where the response is no success, or resolves with its status. Data is optional
#   in CloudEvents and may be any JSON value, so each event can be sent in each mode.
# Seen: every response resolves, with an object that has its body and its headers: 429 and 500 as
#   200, and a redirect, which is not followed. In binary mode, the default, an event without data,
#   or with a number or a boolean, is a TypeError of node:http. In structured mode all are sent.
#
# Why it matters: a program that awaits `emit` drops the events that Event Grid, or a webhook that
#   is down for a moment, did not take. They cannot be told by the body, either, which is often
#   empty. Give `emitterFor` a function that calls `fetch` and checks `ok`. In this project, any
#   status other than success is an error that says which.
#
# Output:
#   binary, 200 with an empty body: resolved with body, headers
#   binary, 307 with an empty body: resolved with body, headers
#   binary, 401 with an empty body: resolved with body, headers
#   binary, 429 with an empty body: resolved with body, headers
#   binary, 500 with an empty body: resolved with body, headers
#   binary, data {"a":1}: sent
#   binary, data "text": sent
#   binary, no data: TypeError
#   binary, data 5: TypeError
#   binary, data true: TypeError
#   structured, 500 with an empty body: resolved with body, headers
#   structured, no data: sent
#   structured, data 5: sent
#   structured, data true: sent
#
# It needs Node.js 20 or later with npm. The receiver is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
cat >main.mjs <<'END'
import { once } from "node:events";
import http from "node:http";
import { CloudEvent, emitterFor, httpTransport, Mode } from "cloudevents";

let received = 0;
const server = http.createServer((request, response) => {
  request.resume().on("end", () => {
    received += 1;
    response.writeHead(Number(request.url.slice(1)), { location: "/200" }).end();
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

function send(mode, status, members) {
  const sink = `http://127.0.0.1:${server.address().port}/${status}`;
  return emitterFor(httpTransport(sink), { mode })(new CloudEvent({ source: "/s", type: "T", ...members }));
}

async function showStatus(mode, status) {
  const before = received;
  const result = await send(mode, status, { data: { a: 1 } }).then(
    (response) => `resolved with ${Object.keys(response).join(", ")}`,
    () => "rejected",
  );
  if (received !== before + 1) throw new Error(`${received - before} requests`);
  console.log(`${mode}, ${status} with an empty body: ${result}`);
}

async function showData(mode, members) {
  const name = "data" in members ? `data ${JSON.stringify(members.data)}` : "no data";
  console.log(`${mode}, ${name}: ${await send(mode, 200, members).then(() => "sent", (error) => error.name)}`);
}

for (const status of [200, 307, 401, 429, 500]) await showStatus(Mode.BINARY, status);
for (const members of [{ data: { a: 1 } }, { data: "text" }, {}, { data: 5 }, { data: true }]) {
  await showData(Mode.BINARY, members);
}
await showStatus(Mode.STRUCTURED, 500);
for (const members of [{}, { data: 5 }, { data: true }]) await showData(Mode.STRUCTURED, members);
server.close();
server.closeAllConnections();
END
timeout 60 node main.mjs >seen
cat seen
diff seen - <<'END'
binary, 200 with an empty body: resolved with body, headers
binary, 307 with an empty body: resolved with body, headers
binary, 401 with an empty body: resolved with body, headers
binary, 429 with an empty body: resolved with body, headers
binary, 500 with an empty body: resolved with body, headers
binary, data {"a":1}: sent
binary, data "text": sent
binary, no data: TypeError
binary, data 5: TypeError
binary, data true: TypeError
structured, 500 with an empty body: resolved with body, headers
structured, no data: sent
structured, data 5: sent
structured, data true: sent
END
