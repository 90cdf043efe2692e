// Composes a fault: which requests meet it, and what becomes of them.

import { choice, field, h } from "./dom.js";

const OPERATIONS = [
  ["", "any"],
  "publish",
  "receive",
  "acknowledge",
  "release",
  "reject",
  "renewLock",
  "publishMessage",
  "getRetainedMessage",
  "listRetainedMessages",
];

// Each effect: its name in the API, its text, and what its value is.
const EFFECTS = [
  ["status", "fail with a status", "number", "503"],
  ["delayInMilliseconds", "come late by milliseconds", "number", "1000"],
  ["reset", "reset the connection", "point", ""],
  ["truncateAfterBytes", "cut the body off after bytes", "number", "10"],
  ["bytesPerSecond", "be slow: bytes per second", "number", "100"],
  ["duplicateDelivery", "deliver events twice", "flag", ""],
  ["loseLock", "lose locks", "flag", ""],
];

const RESET_POINTS = ["beforeRequest", "beforeResponse", "inBody", "afterBody"];

/** The form; `add` is called with the fault. */
export function faultForm(add) {
  const operation = choice(OPERATIONS);
  const topic = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const subscription = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const every = h("input", { type: "number", min: "1", step: "1" });
  const probability = h("input", { type: "number", min: "0", max: "1", step: "any" });
  const count = h("input", { type: "number", min: "1", step: "1" });
  const effect = choice(EFFECTS.map(([name, text]) => [name, text]));
  const number = h("input", { type: "number", min: "0", step: "1", required: true });
  const point = choice(RESET_POINTS);
  const numberField = field("Value", number);
  const pointField = field("When", point);
  const show = () => {
    const [, , kind, value] = EFFECTS[effect.selectedIndex];
    number.disabled = kind !== "number";
    number.value = value;
    numberField.hidden = kind !== "number";
    pointField.hidden = kind !== "point";
  };
  effect.addEventListener("change", show);
  show();
  const submit = (event) => {
    event.preventDefault();
    const [name, , kind] = EFFECTS[effect.selectedIndex];
    const value = {
      number: () => Number(number.value),
      point: () => point.value,
      flag: () => true,
    }[kind]();
    const condition = {
      operation: operation.value,
      topic: topic.value,
      subscription: subscription.value,
      every: every.value && Number(every.value),
      probability: probability.value && Number(probability.value),
      count: count.value && Number(count.value),
    };
    const said = Object.entries(condition).filter(([, wanted]) => wanted !== "");
    add({ when: Object.fromEntries(said), then: { [name]: value } });
  };
  return h(
    "form",
    { submit, class: "search" },
    field("Operation", operation),
    field("Topic", topic),
    field("Event subscription", subscription),
    field("Each so-many-th", every),
    field("Probability (0 to 1)", probability),
    field("Only the first", count),
    field("Requests then", effect),
    numberField,
    pointField,
    h("button", { type: "submit" }, "Add the fault"),
  );
}
