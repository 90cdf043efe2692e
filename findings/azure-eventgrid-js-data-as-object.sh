#!/usr/bin/env bash
# @azure/eventgrid 5.12.0 (npm): an array in `data` is published as an object, and data that is no
# object is read as one.
#
# Expected: `data` is any JSON value, as CloudEvents and the SDK's type `CloudEvent<T>` say. What
#   cannot be sent is refused, and what is read is what came.
# Seen: publishing `[1,"a"]` sends `{"0":1,"1":"a"}`, without an error, in both schemas. Reading by
#   EventGridDeserializer does the same to arrays. It also turns `"text"` into
#   `{"0":"t","1":"e","2":"x","3":"t"}`, and 5 and true into `{}`: the value is gone; 0 survives.
#   Publishing a string or a number is refused.
#
# Why it matters: an array from a JavaScript publisher arrives as an object with the members "0",
#   "1", and so on. A JavaScript webhook loses numbers and booleans that another client published.
#   Data that is an object avoids all of this.
#
# Output:
#   publish CloudEvent [1,"a"] -> {"0":1,"1":"a"}
#   publish EventGrid [1,"a"] -> {"0":1,"1":"a"}
#   publish CloudEvent "text" -> refused
#   read CloudEvent [1,"a"] -> {"0":1,"1":"a"}
#   read CloudEvent "text" -> {"0":"t","1":"e","2":"x","3":"t"}
#   read CloudEvent 5 -> {}
#   read CloudEvent true -> {}
#   read CloudEvent 0 -> 0
#   read EventGrid 5 -> {}
#
# It needs Node.js 20 or later and npm. The server that is published to is in the same process.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @azure/eventgrid@5.12.0 @azure/core-client@1.10.2
cat >main.js <<'END'
const http = require("node:http");
const { AzureKeyCredential, EventGridDeserializer, EventGridPublisherClient } = require("@azure/eventgrid");

async function publish(endpoint, schema, data) {
  const client = new EventGridPublisherClient(endpoint, schema, new AzureKeyCredential("a2V5"), {
    allowInsecureConnection: true,
  });
  const event =
    schema === "CloudEvent"
      ? { type: "T", source: "/s", data }
      : { eventType: "T", subject: "s", dataVersion: "1", data };
  let sent = "refused";
  try {
    sent = JSON.stringify((await client.send([event])).body.echo[0].data);
  } catch (error) {
    if (!/must be of type object/.test(error.message)) throw error;
  }
  console.log(`publish ${schema} ${JSON.stringify(data)} -> ${sent}`);
}

async function read(schema, data) {
  const deserializer = new EventGridDeserializer();
  const [event] =
    schema === "CloudEvent"
      ? await deserializer.deserializeCloudEvents({ specversion: "1.0", id: "1", source: "/s", type: "T", data })
      : await deserializer.deserializeEventGridEvents({
          id: "1",
          topic: "/t",
          subject: "s",
          eventType: "T",
          eventTime: "2024-06-01T12:00:00Z",
          dataVersion: "1",
          metadataVersion: "1",
          data,
        });
  console.log(`read ${schema} ${JSON.stringify(data)} -> ${JSON.stringify(event.data)}`);
}

// Returns what was published.
const server = http.createServer(async (request, response) => {
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  response.setHeader("content-type", "application/json");
  response.setHeader("connection", "close");
  response.end(JSON.stringify({ echo: body }));
});
server.listen(0, "127.0.0.1", async () => {
  const endpoint = `http://127.0.0.1:${server.address().port}/api/events`;
  await publish(endpoint, "CloudEvent", [1, "a"]);
  await publish(endpoint, "EventGrid", [1, "a"]);
  await publish(endpoint, "CloudEvent", "text");
  for (const data of [[1, "a"], "text", 5, true, 0]) await read("CloudEvent", data);
  await read("EventGrid", 5);
  server.close();
});
END
node main.js >seen
cat seen
diff seen - <<'END'
publish CloudEvent [1,"a"] -> {"0":1,"1":"a"}
publish EventGrid [1,"a"] -> {"0":1,"1":"a"}
publish CloudEvent "text" -> refused
read CloudEvent [1,"a"] -> {"0":1,"1":"a"}
read CloudEvent "text" -> {"0":"t","1":"e","2":"x","3":"t"}
read CloudEvent 5 -> {}
read CloudEvent true -> {}
read CloudEvent 0 -> 0
read EventGrid 5 -> {}
END
