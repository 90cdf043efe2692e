// The emulator of a test, with something of everything that the page shows.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export const TOKEN = "of-the-page";
export const KEY = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

/** A body that a page must not take for markup, nor a shell or a terminal for commands. */
export const HOSTILE =
  '</pre><script>window.ran=1</script><img src=x onerror="window.ran=2">' +
  "'; touch x \u202e\u001b[201~\u{e0041}";

const TARGETS = [
  ["--subscription", "orders/billing", "--subscription", "orders/audit", "--topic", "returns"],
  ["--basic-topic", "invoices=eventgrid", "--domain", "shops=cloudevents"],
  ["--partner", "contoso/news=custom", "--basic-topic-at-root"],
].flat();

const API_VERSION = "api-version=2024-06-01";

export class Emulator {
  /** Starts one, which ends with the test. */
  static async start(test, options = ["--admin-token", TOKEN]) {
    const admin = ["--admin", "127.0.0.1:0", ...options];
    const all = [
      "--listen",
      "127.0.0.1:0",
      ...admin,
      "--key",
      KEY,
      "--lock-duration",
      "300",
      ...TARGETS,
    ];
    const child = spawn("eventgrid-emulator", all, { stdio: ["ignore", "pipe", "pipe"] });
    const emulator = new Emulator();
    // Pages that lose their emulator would say so.
    emulator.pages = [];
    test.after(async () => {
      try {
        for (const close of emulator.pages) await close();
      } finally {
        child.kill();
        await once(child, "exit");
      }
    });
    emulator.log = "";
    child.stderr.on("data", (text) => {
      emulator.log += text;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const after = async (start) => (await lines.next()).value.replace(start, "");
    emulator.endpoint = await after("listening on ");
    emulator.admin = await after("admin API on ");
    // What is on stderr may be read later than what is on stdout.
    while (!/ page: .*\n/.test(emulator.log)) await once(child.stderr, "data");
    return emulator;
  }

  /** One whose every view has something to show. */
  static async startFilled(test) {
    const emulator = await Emulator.start(test);
    const billing = "/topics/orders/eventSubscriptions/billing";
    await emulator.call("PATCH", billing, { deadLetterDestination: "list" });
    const filter = {
      includedEventTypes: ["Ordered", "Returned"],
      advancedFilters: [{ operatorType: "NumberGreaterThan", key: "data.total", value: 100 }],
    };
    await emulator.call("PATCH", "/topics/orders/eventSubscriptions/audit", { filter });
    await emulator.publish(event("1", { total: 50 }), event("2", { text: HOSTILE }));
    await emulator.publish(
      event("3", { total: 120 }),
      event("4"),
      event("5"),
      event(HOSTILE.slice(0, 40)),
    );
    await emulator.send("/topics/orders:publish", "this is no event", 400);
    const { value } = await emulator.send(
      "/topics/orders/eventsubscriptions/billing:receive",
      "",
      200,
      3,
    );
    const tokens = value.map((it) => it.brokerProperties.lockToken);
    await emulator.settle("release", tokens[0], "&releaseDelayInSeconds=3600");
    await emulator.settle("reject", tokens[2]);
    const fault = { when: { operation: "renewLock", topic: "orders" }, then: { status: 500 } };
    await emulator.call("PUT", "/faults", { faults: [fault] });
    return emulator;
  }

  /** The page's address with the token, as the emulator prints it when it makes one up. */
  get address() {
    return `${this.admin}/#token=${TOKEN}`;
  }

  async publish(...events) {
    await this.send("/topics/orders:publish", JSON.stringify(events));
  }

  async settle(action, token, query = "") {
    const path = `/topics/orders/eventsubscriptions/billing:${action}`;
    await this.send(path, JSON.stringify({ lockTokens: [token] }), 200, undefined, query);
  }

  /** A request of the data plane. */
  async send(path, body, expected = 200, maxEvents, query = "") {
    const isPublish = path.endsWith(":publish");
    const headers = {
      authorization: `SharedAccessKey ${KEY}`,
      "content-type": isPublish ? "application/cloudevents-batch+json" : "application/json",
    };
    const wanted = maxEvents === undefined ? "" : `&maxEvents=${maxEvents}`;
    const url = `${this.endpoint}${path}?${API_VERSION}${wanted}${query}`;
    const response = await fetch(url, { method: "POST", headers, body });
    if (response.status !== expected)
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** A request of the admin API. */
  async call(method, path, body) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const init = { method, headers, body: body && JSON.stringify(body) };
    const response = await fetch(`${this.admin}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

export function event(id, data) {
  return { specversion: "1.0", id, source: "/shop", type: "Ordered", ...(data && { data }) };
}
