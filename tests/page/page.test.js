// The page as people use it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { assertAccessible } from "./accessible.js";
import { DESKTOP, PHONE, assertNoSidewaysScroll, launch, open } from "./browser.js";
import { Emulator, HOSTILE, KEY, TOKEN, event } from "./emulator.js";
import { tabTo } from "./keyboard.js";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

const billing = (page) => page.locator("li").filter({ hasText: "billing" });
const depth = (page, count) =>
  billing(page)
    .locator('[data-count="available"]')
    .filter({ hasText: new RegExp(`^${count}$`) });

test("the link that the emulator prints signs in and leaves no token in the address", async (t) => {
  const emulator = await Emulator.start(t, []);
  const [link] = /http:\S+#token=\S+/.exec(emulator.log);
  const page = await open(browser, emulator, link);
  await page.getByRole("heading", { name: "Topics" }).waitFor();
  await billing(page).waitFor();
  assert.equal(page.url(), `${emulator.admin}/#/`);
  const token = link.split("#token=")[1];
  const kept = await page.evaluate(() => [JSON.stringify({ ...localStorage }), document.cookie]);
  assert.deepEqual(kept, ["{}", ""]);
  assert.ok(!(await page.content()).includes(token));
  // It outlives a reload, but not the tab.
  await page.reload();
  await billing(page).waitFor();
  const other = await page.context().newPage();
  await other.goto(emulator.admin);
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("a wrong token is asked for again, and signing out forgets the right one", async (t) => {
  const emulator = await Emulator.start(t);
  // One that was given is not printed.
  assert.match(emulator.log, new RegExp(`page: ${emulator.admin}/\n`));
  assert.ok(!emulator.log.includes(TOKEN));
  const page = await open(browser, emulator, `${emulator.admin}/#token=wrong`, /401/);
  await page.getByRole("alert").filter({ hasText: "does not take this token" }).waitFor();
  const input = page.getByLabel("Token of the admin API");
  await input.fill("with space");
  await input.press("Enter");
  await page.getByRole("alert").filter({ hasText: "This is no token" }).waitFor();
  await input.fill(TOKEN);
  await input.press("Enter");
  await billing(page).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("what others do is seen without a reload", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address);
  await depth(page, 0).waitFor();
  await emulator.publish(event("1"), event("2"));
  await depth(page, 2).waitFor();
  await emulator.call("POST", "/topics", { name: "added" });
  await page.getByRole("link", { name: "Publish to added" }).waitFor();
  await page.goto(`${emulator.admin}/#/topics/orders/billing/events`);
  await page.locator("summary").filter({ hasText: "available" }).first().waitFor();
  await page.locator('details[data-number="1"] > summary').click();
  const { value } = await emulator.send(
    "/topics/orders/eventsubscriptions/billing:receive",
    "",
    200,
    1,
  );
  const first = page.locator('details[data-number="0"] > summary');
  await first.filter({ hasText: "locked" }).filter({ hasText: "min" }).waitFor();
  // What is open stays open, and a lock that ends on the emulator's clock ends here.
  await page.getByRole("button", { name: "Acknowledge" }).waitFor();
  await emulator.call("POST", "/clock/advance", { seconds: 301 });
  await first.filter({ hasText: "available" }).filter({ hasText: "1 attempt" }).waitFor();
  assert.equal(value.length, 1);
});

test("a hidden tab asks for nothing until it is shown again", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, "about:blank");
  await page.clock.install();
  await page.goto(emulator.address);
  await depth(page, 0).waitFor();
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await hide(true);
  // A request that was under way may have its response yet.
  await page.clock.runFor(5000);
  await page.waitForLoadState("networkidle");
  let asked = 0;
  page.on("request", () => {
    asked += 1;
  });
  await emulator.publish(event("1"));
  await page.clock.runFor(60_000);
  assert.equal(asked, 0);
  await hide(false);
  await depth(page, 1).waitFor();
});

test("without a mouse an event is published, looked at and settled", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address);
  await billing(page).first().waitFor();
  const { keyboard } = page;
  await tabTo(page, "Skip to the content");
  await keyboard.press("Enter");
  await tabTo(page, "Publish to orders");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Publish to orders" }).waitFor();
  await page.waitForFunction(() =>
    document.querySelector("textarea")?.value.includes("specversion"),
  );
  await tabTo(page, "Event, or an array of events");
  await keyboard.press("Control+A");
  await keyboard.insertText(
    JSON.stringify(event("by-keyboard", { number: 1 })).replace("1}", "12345678901234567890}"),
  );
  await tabTo(page, "Publish");
  await keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Published 1 event to orders." }).waitFor();
  // Round to the beginning, and on to the views.
  await tabTo(page, "Topics");
  await keyboard.press("Enter");
  await depth(page, 1).waitFor();
  await tabTo(page, "billing");
  await keyboard.press("Enter");
  await page.locator("summary").filter({ hasText: "by-keyboard" }).waitFor();
  await tabTo(page, "#0");
  await keyboard.press("Enter");
  // Numbers keep all their digits.
  await page.locator("pre").filter({ hasText: '"number": 12345678901234567890' }).waitFor();
  await tabTo(page, "Acknowledge");
  await keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Event 0 was acknowledged." }).waitFor();
  await page.getByText("There are no events here.").waitFor();
  const { counts } = await emulator.call("GET", "/topics/orders/eventSubscriptions/billing");
  assert.equal(counts.acknowledged, 1);
  const focused = await page.evaluate(() => document.activeElement !== document.body);
  assert.ok(focused, "the focus goes on where the event was");
});

test("events are rejected, resent and removed, one by one and together", async (t) => {
  const emulator = await Emulator.start(t);
  await emulator.call("PATCH", "/topics/orders/eventSubscriptions/billing", {
    deadLetterDestination: "list",
  });
  await emulator.publish(event("1"), event("2"), event("3"));
  const page = await open(browser, emulator, emulator.address);
  const status = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();
  await page.goto(`${emulator.admin}/#/topics/orders/billing/events`);
  for (const number of [0, 1]) {
    const row = page.locator(`details[data-number="${number}"]`);
    await row.locator("summary").click();
    await row.getByRole("button", { name: "Reject" }).click();
    await status(`Event ${number} was rejected.`);
    await row.waitFor({ state: "detached" });
  }
  await page.locator('details[data-number="2"] > summary').click();
  await page.getByRole("button", { name: "Resend" }).click();
  await page.locator('details[data-number="3"]').waitFor();
  await page.getByRole("link", { name: "Dead letters (2)" }).click();
  const first = page.locator('details[data-number="0"]');
  await first.locator("summary").click();
  await first.getByRole("button", { name: "Resend" }).click();
  await status("Dead letter 0 was sent again.");
  await first.waitFor({ state: "detached" });
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Remove all" }).click();
  await status("1 dead letter was removed.");
  await page.getByText("There are no dead letters here.").waitFor();
});

test("what the emulator refuses is said in its words", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address, /400/);
  await page.goto(`${emulator.admin}/#/publish/orders`);
  const text = page.getByRole("textbox");
  const submit = page.getByRole("button", { name: "Publish", exact: true });
  const alert = (words) => page.getByRole("alert").filter({ hasText: words }).waitFor();
  await text.fill("{");
  await submit.click();
  await alert("This is not JSON");
  await text.fill('{"specversion":"1.0","id":"1","source":"/s"}');
  await submit.click();
  await alert("orders refuses the events");
  // A mistake of one view is not shown in the next.
  await page.getByRole("link", { name: "Topics" }).click();
  await depth(page, 0).waitFor();
  assert.equal(await page.getByRole("alert").textContent(), "");
});

test("an event subscription that does not exist has no counts", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address, /404/);
  await billing(page).waitFor();
  await page.goto(`${emulator.admin}/#/topics/orders/none/events`);
  await page.getByRole("alert").filter({ hasText: "is not there any more" }).waitFor();
  const counts = await page.locator("dl.counts dd").allInnerTexts();
  assert.deepEqual(new Set(counts), new Set([""]));
});

test("an emulator that ends is said to be gone", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address, /Failed to load resource/);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.route("**/topics", (route) => route.abort());
  await page.getByText("Not reachable").waitFor();
  await page.unroute("**/topics");
  await page.getByText("Live", { exact: true }).waitFor();
});

test("text of an event is text, whatever it looks like", async (t) => {
  const emulator = await Emulator.start(t);
  const hostile = {
    ...event(HOSTILE.slice(0, 60), HOSTILE),
    subject: HOSTILE,
    type: HOSTILE,
    extra: HOSTILE,
  };
  await emulator.call("PATCH", "/topics/orders/eventSubscriptions/billing", {
    deadLetterDestination: "list",
  });
  const control = /[\u0000-\u001f\u202e]|\u{e0041}/gu;
  for (const name of ["subject", "type", "extra"])
    hostile[name] = hostile[name].replace(control, "");
  await emulator.publish(hostile, { ...hostile, id: "2" });
  const { value } = await emulator.send(
    "/topics/orders/eventsubscriptions/billing:receive",
    "",
    200,
    1,
  );
  await emulator.settle("reject", value[0].brokerProperties.lockToken);
  await emulator.send("/topics/orders:publish", HOSTILE, 400);
  const named = encodeURIComponent("a\u202eb");
  await emulator.send(`/topics/${named}:publish`, HOSTILE, 404);
  const page = await open(browser, emulator, emulator.address);
  for (const view of [
    "topics/orders/billing/events",
    "topics/orders/billing/dead-letters",
    "requests",
  ]) {
    await page.goto(`${emulator.admin}/#/${view}`);
    await page.locator("details[data-number] > summary").first().click();
    await page
      .locator("details[data-number] pre")
      .filter({ hasText: "window.ran=1" })
      .first()
      .waitFor();
    const unseen = /[\u001b\u202e]|\u{e0041}/u;
    assert.ok(!unseen.test(await page.locator("main").innerText()), `${view} hides what a text is`);
    const made = await page.locator("main script, main img").count();
    assert.equal(made, 0, view);
    await page.setViewportSize(PHONE);
    await assertNoSidewaysScroll(page, view);
    await page.setViewportSize(DESKTOP);
  }
});

test("a request is copied as a curl command that sends it again, without the key", async (t) => {
  const emulator = await Emulator.start(t);
  const quoted = "it's $HOME and `id`\n";
  const texts = [HOSTILE, quoted, quoted.repeat(10_000)];
  for (const [number, text] of texts.entries())
    await emulator.publish(event(`${number}`, { text }));
  const page = await open(browser, emulator, emulator.address);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${emulator.admin}/#/requests`);
  const folder = await mkdtemp(join(tmpdir(), "eventgrid-page-"));
  for (const number of texts.keys()) {
    const row = page.locator(`details[data-number="${number}"]`);
    await row.locator("summary").click();
    const command = await row.getByLabel("curl command").textContent();
    await row.getByRole("button", { name: "Copy as curl" }).click();
    const isCopied = async (text) => (await navigator.clipboard.readText()) === text;
    await page.waitForFunction(isCopied, command);
    assert.ok(command.includes('"Authorization: SharedAccessKey $EVENTGRID_KEY"'), command);
    assert.ok(!command.includes(KEY));
    assert.equal(await run(command, folder), "{}", command);
  }
  assert.deepEqual(await readdir(folder), [], "no text of an event is a command");
  const { events } = await emulator.call("GET", "/topics/orders/eventSubscriptions/billing/events");
  assert.deepEqual(
    events.map((it) => it.event.data.text),
    [...texts, ...texts],
  );
});

/** Runs a command as if it was pasted into a terminal, and returns what it prints. */
async function run(command, folder) {
  const env = { ...process.env, EVENTGRID_KEY: KEY, NO_PROXY: "127.0.0.1" };
  const running = promisify(execFile)("bash", [], { cwd: folder, env });
  running.child.stdin.end(command);
  return (await running).stdout;
}

test("pushes are shown if the emulator has a log of them", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.address);
  await billing(page).waitFor();
  const link = page.getByRole("link", { name: "Pushes" });
  const document = await emulator.call("GET", "/openapi.json");
  assert.equal(await link.isVisible(), "/deliveries" in document.paths);
  document.paths["/deliveries"] = { get: { parameters: [{ name: "limit" }] } };
  const delivery = {
    number: 7,
    time: "2024-06-01T12:00:00Z",
    kind: "events",
    topic: "basicTopic:invoices",
    subscription: "webhook",
    endpoint: "http://127.0.0.1:1/hook",
    attempt: 2,
    status: 503,
    durationInSeconds: 0.0125,
    events: [
      { id: "a", sequenceNumber: 3, attempt: 2, next: { retry: "2999-06-01T12:00:30Z" } },
      { id: "b", sequenceNumber: 4, attempt: 1, next: { dead: "MaxDeliveryAttemptsExceeded" } },
    ],
  };
  const handshake = {
    ...{ ...delivery, number: 8, kind: "handshake", status: null, events: [] },
    failure: "the connection was refused",
    next: "done",
  };
  const json = { deliveries: [delivery, handshake], forgotten: 0 };
  await page.route("**/openapi.json", (route) => route.fulfill({ json: document }));
  await page.route("**/deliveries?limit=100", (route) => route.fulfill({ json }));
  await page.reload();
  await link.click();
  const row = page.locator('details[data-number="7"]');
  await row.filter({ hasText: "basicTopic:invoices/webhook" }).filter({ hasText: "503" }).waitFor();
  await row.locator("summary").click();
  await row.getByText("again, ").filter({ hasText: "left" }).waitFor();
  await row.getByText("attempt 1: dead: MaxDeliveryAttemptsExceeded").waitFor();
  const failed = page.locator('details[data-number="8"]');
  await failed.filter({ hasText: "handshake, attempt 2" }).locator("summary").click();
  await failed.getByText("the connection was refused").waitFor();
  await assertAccessible(page, "pushes");
  await page.setViewportSize(PHONE);
  await assertNoSidewaysScroll(page, "pushes");
});
