// Each view shows what it is for, to everybody; and the tests would see it if it did not.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { assertAccessible } from "./accessible.js";
import { DESKTOP, PHONE, assertNoSidewaysScroll, launch, open } from "./browser.js";
import { Emulator } from "./emulator.js";
import { VIEWS } from "./views.js";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** Looks at a page as everybody does: light and dark, on a desktop and on a phone. */
async function look(page, name) {
  for (const [device, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const shown = `${name}-${device}-${colorScheme}`;
      const folder = process.env.SCREENSHOTS;
      if (folder) await page.screenshot({ path: join(folder, `${shown}.png`), fullPage: true });
      await assertNoSidewaysScroll(page, shown);
      // In the dark other colours alone are another matter.
      await assertAccessible(page, shown, colorScheme === "dark" ? ["color-contrast"] : undefined);
    }
  }
}

test("each view shows what there is, light and dark, on a desktop and on a phone", async (t) => {
  const emulator = await Emulator.startFilled(t);
  const page = await open(browser, emulator, emulator.address);
  for (const { name, address, check } of VIEWS) {
    await t.test(name, async () => {
      await page.goto(`${emulator.admin}/${address}`);
      await check(page);
      await look(page, name);
    });
  }
});

test("sign-in: it asks for the token, light and dark, on a desktop and on a phone", async (t) => {
  const emulator = await Emulator.start(t);
  const page = await open(browser, emulator, emulator.admin);
  await page.getByLabel("Token of the admin API").waitFor();
  await look(page, "sign-in");
});

// In milliseconds. A view that is broken is waited for in vain, however long.
const PATIENCE_WITH_A_BROKEN_VIEW = 1500;

const BROKEN = `
export default () => ({
  title: "Broken", element: document.createElement("div"), refresh: async () => {},
});
export const [change, countList] = [() => {}, () => ({
  element: document.createElement("div"), update: () => {},
})];
`;

test("a control: the check of each view fails if that view shows nothing", async (t) => {
  const emulator = await Emulator.startFilled(t);
  const first = await open(browser, emulator, emulator.admin);
  await Promise.all(
    VIEWS.map(async ({ name, module, address, check }) => {
      const page = await first.context().newPage();
      await page.route(`**/page/${module}`, (route) =>
        route.fulfill({ contentType: "text/javascript", body: BROKEN }),
      );
      await page.goto(emulator.address);
      await page.goto(`${emulator.admin}/${address}`);
      // The rest of the page is there.
      await page.getByText("Live", { exact: true }).waitFor();
      page.setDefaultTimeout(PATIENCE_WITH_A_BROKEN_VIEW);
      await assert.rejects(check(page), /Timeout/, name);
    }),
  );
});
