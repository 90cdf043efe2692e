// Whether everybody can use a page, as far as axe can tell.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { source } = createRequire(import.meta.url)("axe-core");

/** Fails if axe finds anything, in a page as it is now: with all its rules, or with some. */
export async function assertAccessible(page, name, rules) {
  await page.evaluate((text) => window.axe ?? (0, eval)(text), source);
  const run = (runOnly) =>
    window.axe.run({ resultTypes: ["violations"], preload: false, ...(runOnly && { runOnly }) });
  const { violations } = await page.evaluate(run, rules);
  const found = violations.map(({ id, impact, help, nodes }) => ({
    id,
    impact,
    help,
    nodes: nodes.map((node) => node.html),
  }));
  assert.deepEqual(found, [], name);
}
