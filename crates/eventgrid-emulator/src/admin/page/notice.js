// What happened, in a line that screen readers read out.

import { setText } from "./dom.js";
import { refreshSoon } from "./live.js";

const said = document.querySelector("#said");
const failed = document.querySelector("#failed");

/** Says that something was done. */
export function say(text) {
  setText(failed, "");
  // The same text again is news, too.
  said.textContent = text;
}

/** Says that something failed. */
export function fail(error) {
  setText(said, "");
  failed.textContent = error instanceof Error ? error.message : String(error);
}

/** Forgets what was said. */
export function clear() {
  setText(said, "");
  setText(failed, "");
}

/** Does something, and says how it went. `act` returns what to say if it changed something. */
export async function report(act) {
  try {
    const text = await act();
    if (!text) return;
    say(text);
    refreshSoon();
  } catch (error) {
    fail(error);
  }
}
