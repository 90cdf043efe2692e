#!/usr/bin/env bash
# cloudevents 10.0.0 (npm): the same data is read as different values in structured, batched and
# binary content mode.
#
# Expected: the mode is only how an event travels. HTTP.toEvent returns the same data for all three.
# Seen: structured mode loses 0, false and "". Binary mode reads every JSON number, boolean and null
#   as text: 5 as "5", false as "false". JSON that begins with a line break or a space, which is
#   valid, is a SyntaxError in binary mode. Batched mode alone returns what was sent. Binary mode
#   knows JSON by two spellings of its media type, "application/json" and "application/json;
#   charset=utf-8"; without the space or with "+json", an object stays text. Bytes of a structured
#   event are a Uint32Array, one element for each byte; batched ones are a Uint8Array. So when
#   `fetch` forwards the structured event by HTTP.binary, 3 bytes become 12.
#
# Why it matters: which values a JavaScript webhook sees depends on the mode that the sender has
#   chosen, and a relay corrupts bytes while their media type stays. Data that is an object, written
#   without leading white space and with the plain media type, arrives the same in every mode. Bytes
#   that arrive four times as long, with three zeros after each, point to such a relay.
#
# Output:
#   0: structured undefined, batched 0, binary "0"
#   5: structured 5, batched 5, binary "5"
#   false: structured undefined, batched false, binary "false"
#   "": structured undefined, batched "", binary ""
#   {"a":1}: structured {"a":1}, batched {"a":1}, binary {"a":1}
#   line break and {"a":1}: structured {"a":1}, batched {"a":1}, binary SyntaxError
#   binary mode, application/json: {"a":1}
#   binary mode, application/json;charset=utf-8: "{\"a\":1}"
#   binary mode, application/vnd.shop+json: "{\"a\":1}"
#   bytes 1, 2, 3: structured Uint32Array, batched Uint8Array
#   forwarded from structured to binary mode: 01 00 00 00 02 00 00 00 03 00 00 00
#   forwarded from batched to binary mode: 01 02 03
#
# It needs Node.js 20 or later and npm. The server that is forwarded to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
cat >main.js <<'END'
const http = require("node:http");
const { HTTP } = require("cloudevents");

const ATTRIBUTES = '"specversion":"1.0","id":"1","source":"/s","type":"T","time":"2024-06-01T12:00:00Z"';
const HEADERS = {
  "ce-specversion": "1.0",
  "ce-id": "1",
  "ce-source": "/s",
  "ce-type": "T",
  "ce-time": "2024-06-01T12:00:00Z",
};

const structured = (data) =>
  HTTP.toEvent({
    headers: { "content-type": "application/cloudevents+json" },
    body: `{${ATTRIBUTES},${data}}`,
  });
const batched = (data) =>
  HTTP.toEvent({
    headers: { "content-type": "application/cloudevents-batch+json" },
    body: `[{${ATTRIBUTES},${data}}]`,
  })[0];
const binary = (body, type = "application/json") =>
  HTTP.toEvent({ headers: { ...HEADERS, "content-type": type }, body });

function shown(read) {
  try {
    return String(JSON.stringify(read().data));
  } catch (error) {
    return error.name;
  }
}

function compare(name, json) {
  const seen = [
    `structured ${shown(() => structured(`"data":${json}`))}`,
    `batched ${shown(() => batched(`"data":${json}`))}`,
    `binary ${shown(() => binary(json))}`,
  ];
  console.log(`${name}: ${seen.join(", ")}`);
}

for (const json of ["0", "5", "false", '""', '{"a":1}']) compare(json, json);
compare('line break and {"a":1}', '\n{"a":1}');

for (const type of ["application/json", "application/json;charset=utf-8", "application/vnd.shop+json"]) {
  console.log(`binary mode, ${type}: ${shown(() => binary('{"a":1}', type))}`);
}

const bytes = '"datacontenttype":"image/png","data_base64":"AQID"';
const events = { structured: structured(bytes), batched: batched(bytes) };
const kind = (event) => event.data.constructor.name;
console.log(`bytes 1, 2, 3: structured ${kind(events.structured)}, batched ${kind(events.batched)}`);

const server = http.createServer(async (request, response) => {
  response.setHeader("connection", "close");
  response.end(Buffer.concat(await request.toArray()).toString("hex"));
});
server.listen(0, "127.0.0.1", async () => {
  for (const [mode, event] of Object.entries(events)) {
    const { headers, body } = HTTP.binary(event);
    const response = await fetch(`http://127.0.0.1:${server.address().port}`, { method: "POST", headers, body });
    const arrived = (await response.text()).match(/../g).join(" ");
    console.log(`forwarded from ${mode} to binary mode: ${arrived}`);
  }
  server.close();
});
END
node main.js >seen
cat seen
diff seen - <<'END'
0: structured undefined, batched 0, binary "0"
5: structured 5, batched 5, binary "5"
false: structured undefined, batched false, binary "false"
"": structured undefined, batched "", binary ""
{"a":1}: structured {"a":1}, batched {"a":1}, binary {"a":1}
line break and {"a":1}: structured {"a":1}, batched {"a":1}, binary SyntaxError
binary mode, application/json: {"a":1}
binary mode, application/json;charset=utf-8: "{\"a\":1}"
binary mode, application/vnd.shop+json: "{\"a\":1}"
bytes 1, 2, 3: structured Uint32Array, batched Uint8Array
forwarded from structured to binary mode: 01 00 00 00 02 00 00 00 03 00 00 00
forwarded from batched to binary mode: 01 02 03
END
