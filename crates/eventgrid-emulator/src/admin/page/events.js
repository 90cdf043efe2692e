// The events in the queue of an event subscription.

import { get, post, subscriptionPath } from "./api.js";
import { button, choice, field, h, list, setText } from "./dom.js";
import { eventDetails, eventName } from "./event.js";
import { report } from "./notice.js";
import { subscriptionRoute } from "./routes.js";
import { moment, setMoment } from "./time.js";

const PAGE = 25;

// One look passes over some thousand events, so one in a rare state may take several.
const MOST_LOOKS = 8;

const STATES = [["", "in any state"], "available", "locked", "delayed"];

const ACTIONS = [
  ["acknowledge", "Acknowledge", "acknowledged"],
  ["release", "Release", "released"],
  ["reject", "Reject", "rejected"],
];

export default function events({ topic, subscription }, signal) {
  const path = subscriptionPath(topic, subscription);
  let from = 0;
  let next;
  const rows = h("ol", { class: "rows" });
  const none = h("p", { hidden: true });
  const state = choice(STATES);
  const refresh = async () => {
    const page = await look(path, from, state.value, signal);
    next = page.next;
    list(
      rows,
      page.events,
      ({ sequenceNumber, published }) => `${sequenceNumber} ${published}`,
      (it) => row(topic, subscription, path, it),
    );
    rows.hidden = page.events.length === 0;
    setText(none, from === 0 ? "There are no events here." : "There are no more events.");
    none.hidden = page.events.length > 0;
    more.disabled = next === undefined;
    first.disabled = from === 0;
  };
  const goTo = (place) => async () => {
    from = place();
    await report(refresh);
  };
  const more = button(
    "Later events",
    goTo(() => next ?? from),
  );
  const first = button(
    "First events",
    goTo(() => 0),
  );
  state.addEventListener(
    "change",
    goTo(() => 0),
  );
  const element = h(
    "section",
    { class: "card", "aria-label": "Events" },
    h("div", { class: "actions" }, field("Events", state), first, more),
    rows,
    none,
  );
  return { element, refresh };
}

async function look(path, from, state, signal) {
  let place = from;
  for (let looks = 0; ; looks += 1) {
    const query = new URLSearchParams({ from: place, maxEvents: PAGE, ...(state && { state }) });
    const page = await get(`${path}/events?${query}`, { signal, exact: true });
    if (page.events.length > 0 || page.next === undefined || looks === MOST_LOOKS) return page;
    place = page.next;
  }
}

function row(topic, subscription, path, { sequenceNumber, event }) {
  const badge = h("span", {});
  const attempts = h("span", {});
  const left = moment(new Date(0).toISOString(), "left");
  const summary = h(
    "summary",
    {},
    h("span", { class: "number" }, `#${sequenceNumber}`),
    ...eventName(event),
    badge,
    left,
    attempts,
  );
  const details = h("div", { class: "details" });
  const element = h("details", { "data-number": sequenceNumber }, summary, details);
  let latest;
  const show = () => {
    if (element.open) details.replaceChildren(...shown(topic, subscription, path, latest));
  };
  element.addEventListener("toggle", show);
  const update = (queued) => {
    const isOther = JSON.stringify(latest) !== JSON.stringify(queued);
    latest = queued;
    if (!isOther) return;
    badge.className = `badge ${queued.state}`;
    setText(badge, queued.state);
    const until = queued.lockedUntil ?? queued.delayedUntil;
    left.hidden = until === undefined;
    if (until !== undefined) setMoment(left, until);
    setText(attempts, countText(queued.deliveryCount));
    // What is open stays as it is under somebody's hands, but for its facts.
    const facts = details.querySelector(".facts");
    if (element.open && facts) facts.replaceWith(factsOf(queued));
  };
  return { element: h("li", {}, element), update };
}

function countText(count) {
  if (count === 0) return "not delivered yet";
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

function shown(topic, subscription, path, queued) {
  const number = queued.sequenceNumber;
  const settle = ([action, text, done]) =>
    button(text, () =>
      report(async () => {
        await change(`${path}/settle`, { action, sequenceNumbers: [number] });
        return `Event ${number} was ${done}.`;
      }),
    );
  const resend = button("Resend", () =>
    report(async () => {
      await change(`${path}/resend`, { sequenceNumbers: [number] });
      return `Event ${number} was sent again, with a new sequence number.`;
    }),
  );
  const explain = `${subscriptionRoute(topic, subscription, "filter")}?event=${number}`;
  return [
    h(
      "div",
      { class: "actions" },
      ...ACTIONS.map(settle),
      resend,
      h("a", { href: explain, class: "action" }, "Explain the filter"),
    ),
    factsOf(queued),
    ...eventDetails(queued.event),
  ];
}

/** Changes events, and fails if one of them could not be changed. */
export async function change(path, body) {
  const { failed } = await post(path, body);
  if (failed.length > 0) throw new Error(`Event ${failed[0].sequenceNumber}: ${failed[0].message}`);
}

function factsOf(queued) {
  const entry = (name, value) =>
    value !== undefined && h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const ends = (name, time) => time !== undefined && entry(name, moment(time, "left"));
  const entries = [
    entry("Published", moment(queued.published, "age")),
    entry("Attempts", String(queued.deliveryCount)),
    ends("Lock", queued.lockedUntil),
    ends("Delay", queued.delayedUntil),
    ends("Time to live", queued.expires),
    entry("Lock token", queued.lockToken),
  ];
  return h("dl", { class: "fields facts" }, ...entries.filter(Boolean));
}
