// @azure/eventgrid-namespaces: every operation it has, over http and https.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventGridReceiverClient, EventGridSenderClient } from "@azure/eventgrid-namespaces";
import { bearer, key, publishText, start, WRONG_KEY } from "./servers.js";

const SCHEMES = ["http", "https"];
const PLACED = { type: "Shop.Placed", source: "/shop", id: "1", data: { total: 12.5 } };
const CLOSED = { type: "Shop.Closed", source: "/shop", id: "2", data: "just a text" };

/** A server with its two clients, for this test alone. */
async function namespace(
  test,
  scheme,
  { credential = key(), topic = "orders", subscription = "billing", ...options } = {},
) {
  const endpoint = await start(test, scheme);
  // It takes http only if it is told so. A refusal is shown at once.
  const all = { allowInsecureConnection: scheme === "http", retryOptions: { maxRetries: 0 }, ...options };
  return {
    endpoint,
    sender: new EventGridSenderClient(endpoint, credential, topic, all),
    receiver: new EventGridReceiverClient(endpoint, credential, topic, subscription, all),
    receiverOf: (name) => new EventGridReceiverClient(endpoint, credential, topic, name, all),
  };
}

async function receive(receiver, maxEvents = 10) {
  const { details } = await receiver.receiveEvents({ maxEvents });
  return details;
}

const ids = (details) => details.map(({ event }) => event.id);
const tokens = (details) => details.map(({ brokerProperties }) => brokerProperties.lockToken);

/** The error of a call that the service refuses. */
async function refusal(call) {
  const error = await call.then(
    () => assert.fail("it was not refused"),
    (error) => error,
  );
  assert.equal(error.name, "RestError");
  return error;
}

for (const scheme of SCHEMES) {
  describe(`over ${scheme}`, () => {
    test("an event is received as it was sent", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      const sent = {
        ...PLACED,
        id: "ид 😀 1",
        subject: "заказ/1",
        time: new Date("2024-06-01T12:00:00.123Z"),
        dataSchema: "https://example.com/order.json",
        dataContentType: "application/json",
        data: { lines: [{ größe: '東京 "\\\n' }, null, 1.5, true], total: 12.5 },
      };
      await sender.sendEvents(sent);
      const [{ brokerProperties, event }] = await receive(receiver);
      assert.deepEqual(event, { ...sent, specVersion: "1.0" });
      assert.equal(brokerProperties.deliveryCount, 1);
      assert.match(brokerProperties.lockToken, /^[A-Za-z0-9+/=_-]+$/);
    });

    test("events are received in the order in which they were sent, at most as many as asked for", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      await sender.sendEvents({ ...PLACED, id: "3" });
      assert.deepEqual(ids(await receive(receiver, 2)), ["1", "2"]);
      assert.deepEqual(ids(await receive(receiver, 2)), ["3"]);
    });

    test("one event is received if no number is asked for", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      assert.deepEqual(ids((await receiver.receiveEvents()).details), ["1"]);
    });

    test("each event subscription receives every event", async (t) => {
      const { sender, receiver, receiverOf } = await namespace(t, scheme);
      await sender.sendEvents(PLACED);
      assert.deepEqual(ids(await receive(receiver)), ["1"]);
      assert.deepEqual(ids(await receive(receiverOf("shipping"))), ["1"]);
    });

    test("bytes are received as their base64 text", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents({ ...PLACED, data: new Uint8Array([0, 1, 255]), dataContentType: "image/png" });
      const [{ event }] = await receive(receiver);
      assert.equal(event.data, "AAH/");
      assert.equal(event.dataContentType, "image/png");
    });

    test("without a time the client sends the present one", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      const before = Date.now();
      await sender.sendEvents(PLACED);
      const [{ event }] = await receive(receiver);
      assert.ok(event.time.getTime() >= before && event.time.getTime() <= Date.now());
    });

    test("times of others are dates, and a missing one stays missing", async (t) => {
      const { endpoint, receiver } = await namespace(t, scheme);
      const times = [
        "2024-06-01T12:00:00.123456789Z",
        "2024-06-01T14:00:00.5+02:00",
        "2024-06-01 12:00:00Z",
        undefined,
      ];
      const events = times.map((time, index) => ({
        specversion: "1.0",
        id: `${index}`,
        source: "/s",
        type: "T",
        time,
      }));
      await publishText(endpoint, JSON.stringify(events));
      const seen = (await receive(receiver)).map(({ event }) => event.time?.toISOString());
      const expected = ["2024-06-01T12:00:00.123Z", "2024-06-01T12:00:00.500Z", "2024-06-01T12:00:00.000Z", undefined];
      assert.deepEqual(seen, expected);
    });

    test("an acknowledged event is gone, and its lock is lost", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      const locks = tokens(await receive(receiver, 1));
      assert.deepEqual(await receiver.acknowledgeEvents(locks), { failedLockTokens: [], succeededLockTokens: locks });

      const again = await receiver.acknowledgeEvents(locks);
      assert.deepEqual(again.succeededLockTokens, []);
      assert.equal(again.failedLockTokens[0].lockToken, locks[0]);
      assert.equal(again.failedLockTokens[0].error.code, "TokenLost");
      assert.ok(again.failedLockTokens[0].error.message);
      assert.deepEqual(ids(await receive(receiver)), ["2"]);
    });

    test("some lock tokens succeed where others fail", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      const [first, second] = tokens(await receive(receiver));
      await receiver.acknowledgeEvents([first]);
      const result = await receiver.acknowledgeEvents([first, second]);
      assert.deepEqual(result.succeededLockTokens, [second]);
      assert.deepEqual(
        result.failedLockTokens.map(({ lockToken }) => lockToken),
        [first],
      );
    });

    test("a released event comes again at once, counted", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents(PLACED);
      const locks = tokens(await receive(receiver));
      assert.deepEqual((await receiver.releaseEvents(locks)).succeededLockTokens, locks);
      const [{ brokerProperties, event }] = await receive(receiver);
      assert.equal(event.id, "1");
      assert.equal(brokerProperties.deliveryCount, 2);
    });

    test("an event that is released with a delay is passed by the next", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      const locks = tokens(await receive(receiver, 1));
      assert.deepEqual((await receiver.releaseEvents(locks, { releaseDelay: "3600" })).succeededLockTokens, locks);
      assert.deepEqual(ids(await receive(receiver)), ["2"]);
    });

    test("a delay that the service does not have is refused", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents(PLACED);
      const locks = tokens(await receive(receiver));
      const error = await refusal(receiver.releaseEvents(locks, { releaseDelay: "7" }));
      assert.equal(error.statusCode, 400);
    });

    test("a rejected event does not come again", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents([PLACED, CLOSED]);
      const locks = tokens(await receive(receiver, 1));
      assert.deepEqual(await receiver.rejectEvents(locks), { failedLockTokens: [], succeededLockTokens: locks });
      assert.deepEqual(ids(await receive(receiver)), ["2"]);
    });

    test("a lock is renewed until it is settled", async (t) => {
      const { sender, receiver } = await namespace(t, scheme);
      await sender.sendEvents(PLACED);
      const locks = tokens(await receive(receiver));
      assert.deepEqual(await receiver.renewEventLocks(locks), { failedLockTokens: [], succeededLockTokens: locks });
      await receiver.acknowledgeEvents(locks);
      const late = await receiver.renewEventLocks(locks);
      assert.equal(late.failedLockTokens[0].error.code, "TokenLost");
    });

    test("a wrong key is refused by every operation", async (t) => {
      const { sender, receiver } = await namespace(t, scheme, { credential: key(WRONG_KEY) });
      const calls = [
        () => sender.sendEvents(PLACED),
        () => sender.sendEvents([PLACED]),
        () => receiver.receiveEvents(),
        () => receiver.acknowledgeEvents(["token"]),
        () => receiver.releaseEvents(["token"]),
        () => receiver.rejectEvents(["token"]),
        () => receiver.renewEventLocks(["token"]),
      ];
      for (const call of calls) {
        const error = await refusal(call());
        assert.deepEqual([error.statusCode, error.code], [401, "Unauthorized"]);
      }
    });

    test("an unknown topic is not found", async (t) => {
      const { sender, receiver } = await namespace(t, scheme, { topic: "unknown" });
      const calls = [
        () => sender.sendEvents(PLACED),
        () => receiver.receiveEvents(),
        () => receiver.acknowledgeEvents(["token"]),
      ];
      for (const call of calls) {
        const error = await refusal(call());
        assert.deepEqual([error.statusCode, error.code], [404, "NotFound"]);
        assert.equal(error.message, "Topic 'unknown' is not found");
      }
    });

    test("an unknown event subscription is not found", async (t) => {
      const { receiver } = await namespace(t, scheme, { subscription: "unknown" });
      const error = await refusal(receiver.receiveEvents());
      assert.deepEqual([error.statusCode, error.code], [404, "NotFound"]);
    });

    test("an event without a source is refused", async (t) => {
      const { sender } = await namespace(t, scheme);
      const error = await refusal(sender.sendEvents({ ...PLACED, source: undefined }));
      assert.deepEqual([error.statusCode, error.code], [400, "BadRequest"]);
      assert.equal(error.message, "`source` attribute is required");
    });

    test("a receive out of range is refused", async (t) => {
      const { receiver } = await namespace(t, scheme);
      const tooLong = await refusal(receiver.receiveEvents({ maxWaitTime: 121 }));
      assert.deepEqual([tooLong.statusCode, tooLong.code], [400, "ArgumentInvalid"]);
      const negative = await refusal(receiver.receiveEvents({ maxEvents: -20 }));
      assert.deepEqual([negative.statusCode, negative.code], [400, "BadRequest"]);
    });

    test("the older stable version is spoken", async (t) => {
      const { sender, receiver } = await namespace(t, scheme, { apiVersion: "2023-11-01" });
      await sender.sendEvents(PLACED);
      const locks = tokens(await receive(receiver));
      assert.deepEqual((await receiver.acknowledgeEvents(locks)).succeededLockTokens, locks);
    });
  });
}

test("nothing to receive is an empty list after the wait time", async (t) => {
  const { receiver } = await namespace(t, "http");
  assert.deepEqual(await receiver.receiveEvents({ maxWaitTime: 10 }), { details: [] });
});

test("every operation works with a bearer token", async (t) => {
  const { sender, receiver } = await namespace(t, "https", { credential: bearer() });
  await sender.sendEvents([PLACED, CLOSED]);
  const [first, second] = tokens(await receive(receiver));
  assert.deepEqual((await receiver.renewEventLocks([first])).succeededLockTokens, [first]);
  assert.deepEqual((await receiver.releaseEvents([first])).succeededLockTokens, [first]);
  assert.deepEqual((await receiver.rejectEvents([second])).succeededLockTokens, [second]);
  const locks = tokens(await receive(receiver));
  assert.deepEqual((await receiver.acknowledgeEvents(locks)).succeededLockTokens, locks);
});

test("a wrong bearer token is refused", async (t) => {
  const { sender } = await namespace(t, "https", { credential: bearer("another-token") });
  const error = await refusal(sender.sendEvents(PLACED));
  assert.deepEqual([error.statusCode, error.code], [401, "Unauthorized"]);
});

// Of the client alone: these hold with any server.
describe("before anything is sent", () => {
  test("a bearer token is not sent over plain http", async (t) => {
    const { sender } = await namespace(t, "http", { credential: bearer() });
    await assert.rejects(sender.sendEvents(PLACED), /not permitted for non-TLS protected/);
  });

  test("plain http has to be allowed", async (t) => {
    const { sender } = await namespace(t, "http", { allowInsecureConnection: false });
    await assert.rejects(sender.sendEvents(PLACED), /Cannot connect to .* while allowInsecureConnection is false/);
  });

  test("an extension attribute has a name as CloudEvents has them", async (t) => {
    const { sender } = await namespace(t, "http");
    const event = { ...PLACED, extensionAttributes: { "not-valid": "7" } };
    await assert.rejects(sender.sendEvents(event), /invalid extension attribute name/);
  });
});
