// Pages of a headless Chromium, which watch out for what must not happen.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

// In milliseconds: how long a page may take to show what it is waited for. Nothing takes that long.
const PATIENCE = 20_000;

export const DESKTOP = { width: 1200, height: 900 };
export const PHONE = { width: 360, height: 740 };

/** A browser for all tests. */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    // A container has neither the rights nor the shared memory that Chromium asks for.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/**
 * Opens a page at an address, which ends with the emulator. Then the test fails if a script failed,
 * the policy was violated or the console had an error that `expected` does not name.
 */
export async function open(browser, emulator, address, expected) {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.exposeBinding("reportViolation", (_, text) => problems.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  emulator.pages.push(async () => {
    const ran = await page.evaluate(() => window.ran);
    await context.close();
    assert.deepEqual(
      problems.filter((problem) => !expected?.test(problem)),
      [],
    );
    assert.equal(ran, undefined, "a script of an event ran");
  });
  await page.goto(address);
  return page;
}

/** Fails if the page is wider than its window: then people would have to scroll sideways. */
export async function assertNoSidewaysScroll(page, name) {
  const [content, window_] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window_, `${name} is ${content} pixels wide in a window of ${window_}`);
}
