// The filter of an event subscription, and why an event matches it or does not.

import { post, subscriptionPath } from "./api.js";
import { field, h } from "./dom.js";
import { inline, seen } from "./json.js";
import { fail, report } from "./notice.js";

const EXAMPLE =
  '{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered","data":{"total":50}}';

// The parts of a filter beside its clauses, as the admin API names them.
const PARTS = [
  ["includedEventTypes", "The type is one of"],
  ["subjectBeginsWith", "The subject begins with"],
  ["subjectEndsWith", "The subject ends with"],
];

export default function filter({ topic, subscription, parameters }, signal) {
  const path = `${subscriptionPath(topic, subscription)}/explain`;
  const parts = h("ul", { class: "rows parts" });
  const none = h("p", { hidden: true }, "It has no filter, so it takes every event.");
  const verdict = h("p", { class: "verdict", role: "status" });
  const number = h("input", { type: "number", min: "0", step: "1" });
  const text = h("textarea", { rows: "8", spellcheck: "false", autocomplete: "off" });
  text.value = EXAMPLE;
  let shownFilter;
  const explain = async (body) => {
    const explained = await post(path, body, { signal });
    verdict.textContent = explained.explanation;
    verdict.className = explained.matches ? "verdict matches" : "verdict differs";
    mark(parts, explained);
  };
  const byNumber = () => explain({ sequenceNumber: Number(number.value) });
  const byText = () => {
    try {
      JSON.parse(text.value);
    } catch (error) {
      fail(`This is not JSON: ${error.message}`);
      return undefined;
    }
    return explain(`{"event":${text.value}}`);
  };
  const form = (act, ...children) => {
    const submit = (event) => {
      event.preventDefault();
      report(act);
    };
    return h("form", { submit }, ...children, h("button", { type: "submit" }, "Explain"));
  };
  const refresh = async (overview) => {
    const latest = JSON.stringify(overview.filter ?? null);
    if (latest === shownFilter) return;
    shownFilter = latest;
    const items = partsOf(overview.filter ?? {});
    parts.replaceChildren(...items);
    parts.hidden = items.length === 0;
    none.hidden = items.length > 0;
    if (parameters.event === undefined || number.value !== "") return;
    number.value = parameters.event;
    await report(byNumber);
  };
  number.required = true;
  text.required = true;
  const element = h(
    "section",
    { class: "card", "aria-label": "Filter" },
    none,
    parts,
    h("h2", {}, "Does an event match?"),
    verdict,
    form(byNumber, field("Sequence number of an event in this queue", number)),
    form(byText, field("Or an event as it would be published", text, "This publishes nothing.")),
  );
  return { element, refresh };
}

function partsOf(filter) {
  const named = PARTS.filter(([name]) => filter[name] !== undefined && filter[name] !== "");
  const items = named.map(([name, text]) => part(name, text, filter[name]));
  const clauses = (filter.advancedFilters ?? []).map((clause, index) => {
    const { operatorType, key, value, values } = clause;
    const wanted = value ?? values;
    const item = part("advancedFilters", `Clause ${index + 1}: ${key} ${operatorType}`, wanted);
    item.dataset.clause = index + 1;
    return item;
  });
  return [...items, ...clauses];
}

function part(name, text, value) {
  const shown = value === undefined ? "" : inline(value);
  const mark = h("strong", { class: "mark" });
  return h(
    "li",
    { "data-part": name },
    h("bdi", {}, seen(text)),
    " ",
    h("code", {}, seen(shown)),
    " ",
    mark,
  );
}

/** Marks the part that does not match. */
function mark(parts, { matches, part: name, clause }) {
  for (const item of parts.children) {
    const isClause = clause === undefined || item.dataset.clause === String(clause);
    const differs = !matches && item.dataset.part === name && isClause;
    item.classList.toggle("differs", differs);
    item.querySelector(".mark").textContent = differs ? "does not match" : "";
  }
}
