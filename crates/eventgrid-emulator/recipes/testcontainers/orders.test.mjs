// The emulator in a test of Node.js, by testcontainers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AzureKeyCredential, EventGridReceiverClient, EventGridSenderClient } from "@azure/eventgrid-namespaces";
import { GenericContainer, Wait } from "testcontainers";

const KEY = "c2VjcmV0";
let container;

before(async () => {
  container = await new GenericContainer("eventgrid-emulator")
    .withCommand(["--key", KEY, "--subscription", "orders/billing"])
    .withExposedPorts(6500)
    .withWaitStrategy(Wait.forLogMessage("listening on"))
    .start();
});

after(() => container.stop());

test("an order is received", async () => {
  const endpoint = `http://${container.getHost()}:${container.getMappedPort(6500)}`;
  const credential = new AzureKeyCredential(KEY);
  const options = { allowInsecureConnection: true };
  const sender = new EventGridSenderClient(endpoint, credential, "orders", options);
  const receiver = new EventGridReceiverClient(endpoint, credential, "orders", "billing", options);
  await sender.sendEvents({ source: "/shop", type: "Shop.OrderPlaced", data: { total: 12.5 } });
  const { details } = await receiver.receiveEvents();
  assert.deepEqual(details[0].event.data, { total: 12.5 });
});
