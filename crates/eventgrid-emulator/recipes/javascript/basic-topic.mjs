// A basic topic from JavaScript, with an access key and with a signature.

import {
  AzureKeyCredential,
  AzureSASCredential,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from "@azure/eventgrid";

const endpoint = (process.env.EVENTGRID_ENDPOINT ?? "http://127.0.0.1:6500") + "/invoices/api/events";
const key = new AzureKeyCredential("c2VjcmV0");
const signature = await generateSharedAccessSignature(endpoint, key, new Date(Date.now() + 3_600_000));

for (const credential of [key, new AzureSASCredential(signature)]) {
  const options = { allowInsecureConnection: endpoint.startsWith("http:") };
  const client = new EventGridPublisherClient(endpoint, "EventGrid", credential, options);
  await client.send([{ subject: "invoices/1", eventType: "Shop.Paid", dataVersion: "1.0", data: { total: 12.5 } }]);
  console.log("published");
}
