// Faults: switched on and off, and composed.

import { call, get } from "./api.js";
import { button, h, list, setText } from "./dom.js";
import { faultForm } from "./fault_form.js";
import { inline } from "./json.js";
import { report } from "./notice.js";

// Each switch with its fault.
const SWITCHES = [
  ["Publishing fails with 503", { when: { operation: "publish" }, then: { status: 503 } }],
  ["Receiving fails with 503", { when: { operation: "receive" }, then: { status: 503 } }],
  ["Too many requests: 429", { when: {}, then: { status: 429, headers: { "retry-after": "1" } } }],
  ["Every third request fails with 500", { when: { every: 3 }, then: { status: 500 } }],
  ["Responses come 2 seconds late", { when: {}, then: { delayInMilliseconds: 2000 } }],
  [
    "Published, but the connection is reset before the response",
    { when: { operation: "publish" }, then: { reset: "beforeResponse" } },
  ],
  ["Events come twice", { when: { operation: "publish" }, then: { duplicateDelivery: true } }],
  ["Locks end early", { when: { operation: "acknowledge" }, then: { loseLock: true } }],
];

export default function faults(_route, signal) {
  let latest = [];
  const set = (wanted) =>
    call("PUT", "/faults", { body: { faults: wanted.map(({ when, then }) => ({ when, then })) } });
  // Others may have changed the faults since they were shown.
  const change = (changed, text) =>
    report(async () => {
      const { faults } = await get("/faults");
      await set(changed(faults));
      await refresh();
      return text;
    });
  const add = (fault, text) => change((faults) => [...faults, fault], text);
  const remove = (fault, text) => change((faults) => without(faults, fault), text);
  const switches = SWITCHES.map(([text, fault]) => {
    const input = h("input", { type: "checkbox", role: "switch" });
    const flip = () =>
      input.checked ? add(fault, `On: ${text}.`) : remove(fault, `Off: ${text}.`);
    input.addEventListener("change", () => flip().then(() => showSwitch(input, latest, fault)));
    return {
      input,
      fault,
      element: h("li", {}, h("label", { class: "switch" }, input, " ", text)),
    };
  });
  const rows = h("ol", { class: "rows" });
  const none = h("p", {}, "No faults are injected.");
  const all = button("Remove all faults", () =>
    change(() => [], "No faults are injected any more."),
  );
  const refresh = async () => {
    ({ faults: latest } = await get("/faults", { signal }));
    const numbered = latest.map((fault, index) => ({ fault, index }));
    const key = ({ fault, index }) => `${index} ${identity(fault)}`;
    list(rows, numbered, key, (it) => row(it, () => remove(it.fault, "The fault was removed.")));
    rows.hidden = latest.length === 0;
    none.hidden = latest.length > 0;
    all.disabled = latest.length === 0;
    for (const { input, fault } of switches) showSwitch(input, latest, fault);
  };
  const element = h(
    "div",
    {},
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Switches"),
      h("ul", { class: "switches" }, ...switches.map((it) => it.element)),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Injected now"),
      h(
        "p",
        {},
        "A request meets the first fault whose condition it fulfils. Each change counts anew.",
      ),
      rows,
      none,
      h("div", { class: "actions" }, all),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "Another fault"),
      faultForm((fault) => add(fault, "The fault was added.")),
    ),
  );
  return { title: "Faults", element, refresh };
}

function row({ fault, index }, remove) {
  const counts = h("span", { class: "about" });
  const element = h(
    "li",
    { class: "fault" },
    h("code", {}, `${conditionText(fault.when)}: ${conditionText(fault.then)}`),
    counts,
    button("Remove", remove, { "aria-label": `Remove fault ${index + 1}` }),
  );
  const update = ({ fault: { matched, injected } }) =>
    setText(counts, `met by ${injected} of ${matched} requests`);
  return { element, update };
}

function conditionText(members) {
  const texts = said(members).map(([name, value]) => `${name} ${inline(value)}`);
  return texts.join(", ") || "every request";
}

/** What a fault says; to skip no request says nothing. */
function said(members) {
  return Object.entries(members).filter(([name, value]) => name !== "skip" || value !== 0);
}

function showSwitch(input, latest, fault) {
  input.checked = latest.some((other) => identity(other) === identity(fault));
}

function without(list, fault) {
  return list.filter((other) => identity(other) !== identity(fault));
}

/** The same text for the same fault. */
function identity({ when, then }) {
  const sorted = (members) => said(members).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sorted(when), sorted(then)]);
}
