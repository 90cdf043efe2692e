// All topics, with their event subscriptions and what became of their events.

import { get } from "./api.js";
import { h, list, setText } from "./dom.js";
import { publishRoute, subscriptionRoute } from "./routes.js";
import { moment, setMoment } from "./time.js";

const KINDS = {
  namespaceTopic: "namespace topic",
  basicTopic: "basic topic",
  domain: "domain",
  partnerChannel: "partner channel",
};

// Each count with its name here.
const COUNTS = [
  ["available", "Depth"],
  ["locked", "In flight"],
  ["delayed", "Delayed"],
  ["redeliveries", "Redelivered"],
  ["dead", "Dead"],
  ["acknowledged", "Acknowledged"],
];

export default function topics(_route, signal) {
  const all = h("div", {});
  const none = h("p", { hidden: true }, "There are no topics. Create one by POST /topics.");
  const refresh = async () => {
    const { topics } = await get("/topics", { signal });
    list(all, topics, ({ id, inputSchema }) => `${id} ${inputSchema}`, topicRow);
    none.hidden = topics.length > 0;
  };
  return { title: "Topics", element: h("div", {}, all, none), refresh };
}

function topicRow({ id, kind, inputSchema }) {
  const subscriptions = h("ul", { class: "rows" });
  const none = h(
    "p",
    { hidden: true },
    "No event subscription: events are accepted and go nowhere.",
  );
  const about = `${KINDS[kind] ?? kind}, ${inputSchema ?? "any schema"}`;
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, h("bdi", {}, id)),
    h("span", { class: "about" }, about),
    h(
      "a",
      { href: publishRoute(id), class: "action", "aria-label": `Publish to ${id}` },
      "Publish",
    ),
  );
  const update = ({ eventSubscriptions }) => {
    list(
      subscriptions,
      eventSubscriptions,
      (it) => it.name,
      (it) => subscriptionRow(id, it),
    );
    subscriptions.hidden = eventSubscriptions.length === 0;
    none.hidden = eventSubscriptions.length > 0;
  };
  return { element: h("section", { class: "card" }, head, subscriptions, none), update };
}

function subscriptionRow(topic, { name }) {
  const counts = countList();
  const link = h("a", { href: subscriptionRoute(topic, name) }, h("bdi", {}, name));
  return { element: h("li", {}, h("h3", {}, link), counts.element), update: counts.update };
}

/** The counts of an event subscription, side by side. */
export function countList() {
  const values = new Map(COUNTS.map(([name]) => [name, h("dd", { "data-count": name })]));
  const oldest = moment(new Date(0).toISOString(), "age");
  const none = h("span", { hidden: true }, "none");
  // What is not known yet, or of an event subscription that does not exist, is left empty.
  oldest.hidden = true;
  const oldestValue = h("dd", { "data-count": "oldest" }, oldest, none);
  const row = (label, value) => h("div", {}, h("dt", {}, label), value);
  const rows = COUNTS.map(([name, label]) => row(label, values.get(name)));
  rows.splice(1, 0, row("Oldest event", oldestValue));
  const update = ({ counts, oldestEvent }) => {
    for (const [name, value] of values) {
      setText(value, String(counts[name]));
      value.classList.toggle("zero", counts[name] === 0);
    }
    oldest.hidden = oldestEvent === undefined;
    none.hidden = oldestEvent !== undefined;
    if (oldestEvent !== undefined) setMoment(oldest, oldestEvent);
  };
  return { element: h("dl", { class: "counts" }, ...rows), update };
}
