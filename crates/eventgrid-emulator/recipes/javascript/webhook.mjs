// Receives events that are pushed to it, in the Event Grid schema and as CloudEvents, with the
// handshake of each.

import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const deserializer = new EventGridDeserializer();

async function receive(request, response) {
  if (request.method === "OPTIONS") {
    // The handshake of CloudEvents: whoever asks may push.
    response.setHeader("WebHook-Allowed-Origin", request.headers["webhook-request-origin"]);
    response.setHeader("Allow", "POST, OPTIONS");
    return response.end();
  }
  const body = await text(request);
  if (request.headers["content-type"].startsWith("application/cloudevents")) {
    for (const event of await deserializer.deserializeCloudEvents(body)) {
      console.log("received", event.type, event.data);
    }
    return response.end();
  }
  for (const event of await deserializer.deserializeEventGridEvents(body)) {
    if (isSystemEvent("Microsoft.EventGrid.SubscriptionValidationEvent", event)) {
      // The handshake of the Event Grid schema: the code goes back.
      response.setHeader("Content-Type", "application/json");
      return response.end(JSON.stringify({ validationResponse: event.data.validationCode }));
    }
    console.log("received", event.eventType, event.data);
  }
  response.end();
}

const server = createServer((request, response) => {
  receive(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 400;
    response.end();
  });
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
