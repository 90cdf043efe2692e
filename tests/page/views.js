// Each view of the page: its address, the module that makes it, and what must be there.

/** Waits until an element is there that has all these texts. */
async function has(page, selector, ...texts) {
  let found = page.locator(selector);
  for (const text of texts) found = found.filter({ hasText: text });
  await found.first().waitFor();
}

async function openDetails(page, number) {
  await page.locator(`details[data-number="${number}"] > summary`).click();
}

const BILLING = "#/topics/orders/billing";

export const VIEWS = [
  {
    name: "topics",
    module: "topics.js",
    address: "#/",
    check: async (page) => {
      await has(page, "section", "orders", "namespace topic, cloudevents", "billing", "audit");
      for (const kind of [
        "basic topic, eventgrid",
        "domain, cloudevents",
        "partner channel, custom",
      ]) {
        await has(page, "section", kind);
      }
      const billing = page.locator("li").filter({ hasText: "billing" });
      const counts = { available: "3", locked: "1", delayed: "1", redeliveries: "0", dead: "1" };
      for (const [name, count] of Object.entries(counts)) {
        await billing.locator(`[data-count="${name}"]`).filter({ hasText: count }).waitFor();
      }
      await billing.locator('[data-count="oldest"]').filter({ hasText: "ago" }).waitFor();
    },
  },
  {
    name: "events",
    module: "events.js",
    address: `${BILLING}/events`,
    check: async (page) => {
      await has(page, "summary", "#0", "Ordered", "delayed", "left", "1 attempt");
      await has(page, "summary", "#1", "locked", "left", "1 attempt");
      await has(page, "summary", "#3", "available", "not delivered yet");
      await openDetails(page, 1);
      await has(page, ".details", "Lock token", "left");
      await has(page, "pre", "<script>window.ran=1</script>");
      await has(page, "bdi", "/shop");
      for (const action of ["Acknowledge", "Release", "Reject", "Resend"]) {
        await page.getByRole("button", { name: action }).waitFor();
      }
      await page.locator("summary").filter({ hasText: "Settings" }).click();
      await has(page, "dd", "300 s");
    },
  },
  {
    name: "dead-letters",
    module: "dead_letters.js",
    address: `${BILLING}/dead-letters`,
    check: async (page) => {
      await has(page, "summary", "#2", "Ordered", "rejected", "1 attempt");
      await openDetails(page, 2);
      await has(page, "pre", '"total": 120');
      await has(page, ".details", "Last delivered");
      await page.getByRole("link", { name: "Dead letters (1)" }).waitFor();
      await page.getByRole("button", { name: "Resend all" }).waitFor();
    },
  },
  {
    name: "filter",
    module: "filter.js",
    address: "#/topics/orders/audit/filter",
    check: async (page) => {
      await has(page, "li", "The type is one of", "Returned");
      await has(page, "li", "Clause 1: data.total NumberGreaterThan");
      await page.getByRole("button", { name: "Explain" }).last().click();
      await has(page, ".verdict", "does not match: the value is 50");
      await has(page, "li.differs", "Clause 1", "does not match");
    },
  },
  {
    name: "publish",
    module: "publish.js",
    address: "#/publish/basicTopic%3Ainvoices",
    check: async (page) => {
      const text = page.getByRole("textbox", { name: "Event, or an array of events" });
      // It is filled when the emulator has said which schema the topic has.
      await page.waitForFunction(() =>
        document.querySelector("textarea")?.value.includes("eventType"),
      );
      await text.fill('{"id": "1"}');
      await page.getByRole("button", { name: "New test event" }).click();
      await page.getByRole("button", { name: "Publish", exact: true }).click();
      await has(page, "#said", "Published 1 event to basicTopic:invoices.");
    },
  },
  {
    name: "requests",
    module: "requests.js",
    address: "#/requests",
    check: async (page) => {
      await has(page, "summary", "#5", "reject", "200");
      await has(page, "summary", "#2", "publish", "400");
      await openDetails(page, 2);
      await has(page, ".details", "BadRequest");
      await has(page, "pre", "this is no event");
      await has(page, "pre", "$EVENTGRID_KEY");
      await page.getByRole("combobox", { name: "Operation" }).selectOption("publish");
      await page
        .locator("summary")
        .filter({ hasText: "receive" })
        .first()
        .waitFor({ state: "detached" });
      await has(page, "summary", "#0", "publish");
    },
  },
  {
    name: "faults",
    module: "faults.js",
    address: "#/faults",
    check: async (page) => {
      await has(page, ".fault", "operation renewLock", "status 500", "met by 0 of 0 requests");
      await page.getByRole("switch", { name: "Events come twice" }).check();
      await has(page, ".fault", "duplicateDelivery true");
      await page.getByRole("switch", { name: "Events come twice" }).uncheck();
      await page
        .locator(".fault")
        .filter({ hasText: "duplicateDelivery" })
        .waitFor({ state: "detached" });
    },
  },
  {
    name: "clock",
    module: "clock.js",
    address: "#/clock",
    check: async (page) => {
      await has(page, '[data-clock="state"]', "runs");
      await page.getByRole("button", { name: "Stop the clock" }).click();
      await has(page, '[data-clock="state"]', "stands still");
      await page.getByRole("button", { name: "Start the clock" }).click();
      await has(page, '[data-clock="state"]', "runs");
    },
  },
];
