// The log of pushes: what was sent to which endpoint, what came of it, and what comes next.

import { get } from "./api.js";
import { fields, h, list, setText } from "./dom.js";
import { inline, seen } from "./json.js";
import { moment } from "./time.js";

const PATH = "/deliveries";

const MOST = 100;

// What the document of the API says about it; `null` if the emulator has none.
let log;

/** Whether the emulator has a log of pushes. */
export async function hasPushLog(signal) {
  if (log === undefined) {
    const { paths } = await get("/openapi.json", { signal });
    log = paths[PATH]?.get ?? null;
  }
  return log !== null;
}

export default function pushes(_route, signal) {
  const rows = h("ol", { class: "rows" });
  const none = h("p", {});
  const refresh = async () => {
    if (!(await hasPushLog(signal))) {
      setText(none, "This emulator has no log of pushes.");
      return;
    }
    const hasLimit = log.parameters?.some(({ name }) => name === "limit");
    const { deliveries } = await get(hasLimit ? `${PATH}?limit=${MOST}` : PATH, { signal });
    const newest = deliveries.reverse().slice(0, MOST);
    list(rows, newest, ({ number, time }) => `${number} ${time}`, row);
    setText(none, "Nothing was pushed yet.");
    none.hidden = newest.length > 0;
    rows.hidden = newest.length === 0;
  };
  const element = h("section", { class: "card", "aria-label": "Pushes" }, rows, none);
  return { title: "Pushes", element, refresh };
}

function row(delivery) {
  const status = h("span", {});
  const { number, topic, subscription, kind, attempt, endpoint, time } = delivery;
  const summary = h(
    "summary",
    {},
    h("span", { class: "number" }, `#${number}`),
    h("bdi", { class: "what" }, `${topic}/${subscription}`),
    h("bdi", { class: "id" }, seen(endpoint)),
    status,
    h("span", {}, kind === "handshake" ? `handshake, attempt ${attempt}` : `attempt ${attempt}`),
    moment(time, "age"),
  );
  const details = h("div", { class: "details" });
  const element = h("details", { "data-number": number }, summary, details);
  let shown;
  const update = (latest) => {
    const text = JSON.stringify(latest);
    if (text === shown) return;
    shown = text;
    setText(status, String(latest.status ?? "failed"));
    const isGood = latest.status >= 200 && latest.status < 300 && latest.failure === undefined;
    status.className = `badge ${isGood ? "good" : "bad"}`;
    details.replaceChildren(...detailsOf(latest));
  };
  return { element: h("li", {}, element), update };
}

function detailsOf({ failure, durationInSeconds, next, events }) {
  const facts = fields([
    ["Failure", failure && seen(failure)],
    ["Took", `${Math.round(durationInSeconds * 1000)} ms`],
    next && ["Next", nextOf(next)],
  ]);
  const rows = events.map(({ id, sequenceNumber, attempt, next: after }) => {
    const name = h("bdi", {}, `#${sequenceNumber} ${seen(id ?? "")}`);
    return [name, h("span", {}, `attempt ${attempt}: `, nextOf(after))];
  });
  return events.length === 0 ? [facts] : [facts, h("h2", {}, "Events"), fields(rows)];
}

// What the members of `next` say, beside their values.
const NEXT = {
  retry: (time) => h("span", {}, "again, ", moment(time, "left")),
  wait: (time) => h("span", {}, "the endpoint may consent, ", moment(time, "left")),
  dead: (reason) => `dead: ${reason}`,
};

const LAST = { done: "done", unchanged: "unchanged, since the result came too late" };

function nextOf(next) {
  if (typeof next === "string") return LAST[next] ?? next;
  const [[name, value]] = Object.entries(next);
  return NEXT[name]?.(value) ?? inline(next);
}
