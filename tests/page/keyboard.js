// A person without a mouse.

import assert from "node:assert/strict";

// More stops than any view of the tests has.
const MOST_STOPS = 80;

/** Presses Tab until the control of this name has the focus, which each control shows. */
export async function tabTo(page, name) {
  const passed = [];
  while (passed.length < MOST_STOPS) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isShown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      return { name: label ?? element.textContent, isShown, isBody: element === document.body };
    });
    assert.ok(
      focused.isShown || focused.isBody,
      `${focused.name} does not show that it has the focus`,
    );
    if (focused.name.startsWith(name)) return;
    passed.push(focused.name);
  }
  assert.fail(`${name} is not reached by Tab: ${passed.join(", ")}`);
}
