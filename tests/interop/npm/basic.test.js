// @azure/eventgrid: publishing every schema to basic topics, domains and a partner namespace.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AzureSASCredential,
  EventGridDeserializer,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from "@azure/eventgrid";
import { accepted, bearer, key, start, WRONG_KEY } from "./servers.js";

const TIME = new Date("2024-06-01T12:00:00.123Z");
const GRID = [
  {
    id: "ид 😀 1",
    eventType: "Shop.Placed",
    subject: "заказ/1",
    eventTime: TIME,
    dataVersion: "1.0",
    data: { total: 12.5 },
  },
  { id: "2", eventType: "Shop.Closed", subject: "shop", eventTime: TIME, dataVersion: "", data: {} },
];
const CLOUD = [
  {
    id: "ид 😀 1",
    type: "Shop.Placed",
    source: "/shop",
    subject: "заказ/1",
    time: TIME,
    dataschema: "https://example.com/order.json",
    datacontenttype: "application/json",
    extensionAttributes: { region: "west", count: 5, express: true },
    data: { lines: [{ größe: '東京 "\\\n' }, null], total: 12.5 },
  },
  {
    id: "2",
    type: "Shop.Label",
    source: "/shop",
    time: TIME,
    datacontenttype: "image/png",
    data: Buffer.from([0, 1, 255]),
  },
];
const CUSTOM = [
  { größe: '東京 "\\\n', nested: { list: [[], {}, null, true, 12.5] } },
  { number: 2, "": "" },
];

// The schema's name, what it is published to, its events as they are sent, and as the domain or
// channel wants them.
const TARGETS = [
  { target: "basicTopic", name: "grid", schema: "EventGrid", events: GRID },
  { target: "basicTopic", name: "cloud", schema: "CloudEvent", events: CLOUD },
  { target: "basicTopic", name: "custom", schema: "Custom", events: CUSTOM },
  {
    target: "domain",
    name: "grid-domain",
    schema: "EventGrid",
    events: GRID.map((event) => ({ ...event, topic: "berlin" })),
  },
  {
    target: "domain",
    name: "cloud-domain",
    schema: "CloudEvent",
    events: CLOUD.map((event) => ({ ...event, source: "berlin" })),
  },
  { target: "partnerChannel", name: "partner", schema: "CloudEvent", events: CLOUD, channelName: "news" },
];

// How each credential is made for a URL, and over which schemes it is sent.
const CREDENTIALS = {
  key: { schemes: ["http", "https"], make: () => key() },
  sas: { schemes: ["http", "https"], make: (url) => signed(url, key()) },
  bearer: { schemes: ["https"], make: () => bearer() },
};

async function signed(url, credential, expiry = new Date(Date.now() + 3_600_000)) {
  return new AzureSASCredential(await generateSharedAccessSignature(url, credential, expiry));
}

function publisher(url, schema, credential) {
  const options = { allowInsecureConnection: url.startsWith("http:"), retryOptions: { maxRetries: 0 } };
  return new EventGridPublisherClient(url, schema, credential, options);
}

/** What was accepted, as the library's own deserializer reads it. */
async function read(schema, events) {
  const deserializer = new EventGridDeserializer();
  const text = JSON.stringify(events);
  if (schema === "Custom") return events;
  if (schema === "CloudEvent") return deserializer.deserializeCloudEvents(text);
  // It wants members that the service adds.
  const delivered = events.map((event) => ({ topic: "/added", metadataVersion: "1", ...event }));
  const read = await deserializer.deserializeEventGridEvents(JSON.stringify(delivered));
  return read.map(({ metadataVersion, ...event }, index) => {
    if (!("topic" in events[index])) delete event.topic;
    return event;
  });
}

const withSpecversion = (schema, event) => (schema === "CloudEvent" ? { ...event, specversion: "1.0" } : event);

/** The error of a call that the service refuses. */
async function refusal(call) {
  const error = await call.then(
    () => assert.fail("it was not refused"),
    (error) => error,
  );
  assert.equal(error.name, "RestError");
  return error;
}

for (const [how, { schemes, make }] of Object.entries(CREDENTIALS)) {
  for (const scheme of schemes) {
    describe(`over ${scheme} with ${how}`, () => {
      for (const { target, name, schema, events, channelName } of TARGETS) {
        test(`one event and many of ${schema} are accepted by the ${target} ${name}`, async (t) => {
          const endpoint = await start(t, scheme);
          const url = `${endpoint}/${name}/api/events`;
          const client = publisher(url, schema, await make(url));
          for (const sent of [events.slice(0, 1), events]) await client.send(sent, { channelName });

          const seen = await accepted(endpoint);
          assert.deepEqual(
            seen.map((publish) => [publish.target, publish.name, publish.channel]),
            [
              [target, name, channelName],
              [target, name, channelName],
            ],
          );
          const expected = events.map((event) => withSpecversion(schema, event));
          assert.deepEqual(await read(schema, seen[0].events), expected.slice(0, 1));
          assert.deepEqual(await read(schema, seen[1].events), expected);
        });
      }
    });
  }
}

for (const scheme of ["http", "https"]) {
  describe(`over ${scheme}`, () => {
    test("an id and a time are made where none is given", async (t) => {
      const endpoint = await start(t, scheme);
      const before = Date.now();
      const client = publisher(`${endpoint}/cloud/api/events`, "CloudEvent", key());
      await client.send([{ type: "Shop.Placed", source: "/shop", data: {} }]);
      const [{ events }] = await accepted(endpoint);
      const [event] = await read("CloudEvent", events);
      assert.match(event.id, /^[0-9a-f-]{36}$/);
      assert.ok(event.time.getTime() >= before && event.time.getTime() <= Date.now());
    });

    test("a wrong key is refused", async (t) => {
      const endpoint = await start(t, scheme);
      for (const { name, schema, events, channelName } of TARGETS) {
        const client = publisher(`${endpoint}/${name}/api/events`, schema, key(WRONG_KEY));
        const error = await refusal(client.send(events, { channelName }));
        assert.deepEqual([error.statusCode, error.code], [401, "Unauthorized"]);
        assert.match(error.message, /The request authorization key is not authorized for/);
      }
    });

    test("a signature by another key, for another topic, or that has ended is refused", async (t) => {
      const endpoint = await start(t, scheme);
      const url = `${endpoint}/grid/api/events`;
      const credentials = [
        await signed(url, key(WRONG_KEY)),
        await signed(`${endpoint}/custom/api/events`, key()),
        await signed(url, key(), new Date(Date.now() - 1000)),
      ];
      for (const credential of credentials) {
        const error = await refusal(publisher(url, "EventGrid", credential).send(GRID));
        assert.deepEqual([error.statusCode, error.code], [401, "Unauthorized"]);
      }
    });

    test("events of another schema are refused", async (t) => {
      const endpoint = await start(t, scheme);
      const calls = [
        () => publisher(`${endpoint}/cloud/api/events`, "EventGrid", key()).send(GRID),
        () => publisher(`${endpoint}/grid/api/events`, "CloudEvent", key()).send(CLOUD),
        () => publisher(`${endpoint}/grid/api/events`, "Custom", key()).send(CUSTOM),
      ];
      for (const call of calls) {
        const error = await refusal(call());
        assert.deepEqual([error.statusCode, error.code], [400, "BadRequest"]);
      }
      assert.deepEqual(await accepted(endpoint), []);
    });

    test("what is not there is not found", async (t) => {
      const endpoint = await start(t, scheme);
      const calls = [
        () => publisher(`${endpoint}/unknown/api/events`, "EventGrid", key()).send(GRID),
        () => publisher(`${endpoint}/partner/api/events`, "CloudEvent", key()).send(CLOUD, { channelName: "unknown" }),
      ];
      for (const call of calls) {
        const error = await refusal(call());
        assert.deepEqual([error.statusCode, error.code], [404, "NotFound"]);
      }
    });

    test("an empty list is refused", async (t) => {
      const endpoint = await start(t, scheme);
      const error = await refusal(publisher(`${endpoint}/grid/api/events`, "EventGrid", key()).send([]));
      assert.equal(error.statusCode, 400);
    });

    test("more than 1,536,000 bytes are refused", async (t) => {
      const endpoint = await start(t, scheme);
      const event = { ...GRID[0], data: { text: "x".repeat(1_600_000) } };
      const error = await refusal(publisher(`${endpoint}/grid/api/events`, "EventGrid", key()).send([event]));
      assert.equal(error.statusCode, 413);
      assert.match(error.message, /The maximum size \(1536000\) has been exceeded/);
    });
  });
}

test("a wrong bearer token is refused", async (t) => {
  const endpoint = await start(t, "https");
  const client = publisher(`${endpoint}/grid/api/events`, "EventGrid", bearer("another-token"));
  const error = await refusal(client.send(GRID));
  assert.deepEqual([error.statusCode, error.code], [401, "Unauthorized"]);
});

// Of the client alone: these hold with any server.
describe("before anything is sent", () => {
  test("a bearer token is not sent over plain http", async (t) => {
    const endpoint = await start(t, "http");
    const client = publisher(`${endpoint}/grid/api/events`, "EventGrid", bearer());
    await assert.rejects(client.send(GRID), /not permitted for non-TLS protected/);
  });

  test("plain http has to be allowed", async (t) => {
    const endpoint = await start(t, "http");
    const client = new EventGridPublisherClient(`${endpoint}/grid/api/events`, "EventGrid", key());
    await assert.rejects(client.send(GRID), /Cannot connect to .* while allowInsecureConnection is false/);
  });
});
