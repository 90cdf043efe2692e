// Asks for the token.

import { field, h } from "./dom.js";
import { clear, fail } from "./notice.js";
import { keep } from "./token.js";

const HINT = "The emulator prints it on stderr when it starts, unless it was given one.";

/** The form; `done` is called when there is a token. */
export default function signIn(done) {
  const input = h("input", { type: "password", autocomplete: "off", required: true });
  const submit = (event) => {
    event.preventDefault();
    if (keep(input.value.trim())) {
      clear();
      done();
    } else {
      fail("This is no token: it has letters, digits and signs of ASCII, and no spaces.");
      input.focus();
    }
  };
  const form = h(
    "form",
    { submit, class: "card" },
    field("Token of the admin API", input, HINT),
    h("button", { type: "submit" }, "Sign in"),
  );
  return { title: "Sign in", element: form, refresh: async () => {} };
}
