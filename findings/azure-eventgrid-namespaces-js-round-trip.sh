#!/usr/bin/env bash
# @azure/eventgrid-namespaces 1.0.0 (npm): an event loses its extension attributes, and says that
# its data is an event.
#
# Expected: what this client receives is what it sent. `extensionAttributes` is a documented member
#   of its `CloudEvent`, and a name that is not valid is refused, so the attributes look supported.
#   Data without a media type is JSON by CloudEvents, and the older @azure/eventgrid says
#   "application/json".
# Seen: the attributes are checked and then left out, without an error, of what is sent and of what
#   is received. Data without a media type is sent as "application/cloudevents+json; charset=utf-8",
#   that is, as a CloudEvent within the CloudEvent. Received data that is 0 or false is
#   undefined. Received bytes are base64 text.
#
# Why it matters: a consumer in any language sees that media type on ordinary data. It must not take
#   the data for an event. An event with that media type cannot be forwarded in binary content mode,
#   where it would say that the body is a structured event. Correlation that relies on extension
#   attributes ends at this client.
#
# Output:
#   sent datacontenttype: application/cloudevents+json; charset=utf-8
#   sent extension attribute: absent
#   invalid extension name: refused
#   received extension attribute: absent
#   received 0 as undefined
#   received false as undefined
#   received 5 as 5
#   received bytes as "AQID"
#
# It needs Node.js 20 or later and npm. The server is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  @azure/eventgrid-namespaces@1.0.0 @azure-rest/core-client@1.4.0
cat >main.js <<'END'
const http = require("node:http");
const {
  AzureKeyCredential,
  EventGridReceiverClient,
  EventGridSenderClient,
} = require("@azure/eventgrid-namespaces");

let published;
let next;
const server = http.createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  response.setHeader("content-type", "application/json");
  response.setHeader("connection", "close");
  if (request.url.includes(":publish")) {
    published = JSON.parse(body);
    response.end("{}");
  } else {
    response.end(
      JSON.stringify({ value: [{ brokerProperties: { lockToken: "L", deliveryCount: 1 }, event: next }] }),
    );
  }
});
server.listen(0, "127.0.0.1", async () => {
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const credential = new AzureKeyCredential("a2V5");
  const options = { allowInsecureConnection: true };
  const sender = new EventGridSenderClient(endpoint, credential, "topic", options);
  const receiver = new EventGridReceiverClient(endpoint, credential, "topic", "subscription", options);

  await sender.sendEvents({ type: "T", source: "/s", data: { a: 1 }, extensionAttributes: { tenant: "7" } });
  console.log("sent datacontenttype:", published.datacontenttype);
  console.log("sent extension attribute:", published.tenant ?? "absent");
  const invalid = sender.sendEvents({ type: "T", source: "/s", extensionAttributes: { "not-valid": "7" } });
  console.log("invalid extension name:", await invalid.then(() => "sent", () => "refused"));

  const receive = async (members) => {
    next = { specversion: "1.0", id: "1", source: "/s", type: "T", ...members };
    return (await receiver.receiveEvents()).details[0].event;
  };
  const event = await receive({ tenant: "7" });
  console.log("received extension attribute:", JSON.stringify(event).includes("tenant") ? "there" : "absent");
  for (const data of [0, false, 5]) console.log("received", data, "as", (await receive({ data })).data);
  const bytes = await receive({ data_base64: "AQID", datacontenttype: "image/png" });
  console.log("received bytes as", JSON.stringify(bytes.data));
  server.close();
});
END
node main.js >seen
cat seen
diff seen - <<'END'
sent datacontenttype: application/cloudevents+json; charset=utf-8
sent extension attribute: absent
invalid extension name: refused
received extension attribute: absent
received 0 as undefined
received false as undefined
received 5 as 5
received bytes as "AQID"
END
