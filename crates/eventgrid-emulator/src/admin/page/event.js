// An event: its attributes and its body, as text.

import { fields, h } from "./dom.js";
import { inline, seen, write } from "./json.js";

const BODY = ["data", "data_base64"];

/** What an event is called in a line: its type and its id. */
export function eventName(event) {
  const type = h("bdi", { class: "what" }, seen(String(event.type ?? event.eventType ?? "event")));
  return [type, h("bdi", { class: "id" }, seen(String(event.id ?? "")))];
}

/** What an event consists of. */
export function eventDetails(event) {
  const names = Object.keys(event).filter((name) => !BODY.includes(name));
  const attribute = (name) => [h("bdi", {}, seen(name)), h("bdi", {}, seen(inline(event[name])))];
  const attributes = fields(names.map(attribute));
  const bodies = BODY.filter((name) => Object.hasOwn(event, name));
  const shown = bodies.flatMap((name) => [
    h("h2", {}, name),
    code(seen(bodyText(event[name])), name),
  ]);
  return [h("h2", {}, "Attributes"), attributes, ...shown];
}

function bodyText(value) {
  return typeof value === "string" ? value : write(value);
}

/** Text that keeps its lines. By keyboard it can be scrolled. */
export function code(text, label) {
  return h("pre", { tabindex: "0", role: "group", "aria-label": label }, text);
}
