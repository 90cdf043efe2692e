// A namespace from JavaScript.

import { AzureKeyCredential, EventGridReceiverClient, EventGridSenderClient } from "@azure/eventgrid-namespaces";

const endpoint = process.env.EVENTGRID_ENDPOINT ?? "http://127.0.0.1:6500";
const credential = new AzureKeyCredential("c2VjcmV0");
const options = { allowInsecureConnection: endpoint.startsWith("http:") };

const sender = new EventGridSenderClient(endpoint, credential, "orders", options);
await sender.sendEvents({ source: "/shop", type: "Shop.OrderPlaced", data: { total: 12.5 } });

const receiver = new EventGridReceiverClient(endpoint, credential, "orders", "billing", options);
const { details } = await receiver.receiveEvents({ maxEvents: 10, maxWaitTime: 10 });
for (const { brokerProperties, event } of details) {
  console.log("received", event.type, event.data);
  await receiver.acknowledgeEvents([brokerProperties.lockToken]);
}
