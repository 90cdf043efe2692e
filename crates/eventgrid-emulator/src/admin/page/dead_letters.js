// The dead letters of an event subscription.

import { call, get, post, subscriptionPath } from "./api.js";
import { button, h, list, setText } from "./dom.js";
import { eventDetails, eventName } from "./event.js";
import { change } from "./events.js";
import { report } from "./notice.js";
import { moment } from "./time.js";

const PAGE = 25;

const NOWHERE =
  "There are none: events that die are dropped. To keep them, give the event subscription a " +
  "dead-letter destination.";

export default function deadLetters({ topic, subscription }, signal) {
  const path = subscriptionPath(topic, subscription);
  let from = 0;
  let next;
  const rows = h("ol", { class: "rows" });
  const none = h("p", { hidden: true });
  const refresh = async (overview) => {
    const query = new URLSearchParams({ from, maxDeadLetters: PAGE });
    const page = await get(`${path}/deadLetters?${query}`, { signal, exact: true });
    next = page.next;
    list(
      rows,
      page.deadLetters,
      ({ sequenceNumber, died }) => `${sequenceNumber} ${died}`,
      (it) => row(path, it),
    );
    const isEmpty = page.deadLetters.length === 0;
    const isDropped = overview && overview.settings.deadLetterDestination === undefined;
    if (isEmpty) setText(none, isDropped ? NOWHERE : "There are no dead letters here.");
    none.hidden = !isEmpty;
    rows.hidden = isEmpty;
    more.disabled = next === undefined;
    first.disabled = from === 0;
    all.hidden = isEmpty && from === 0;
  };
  const goTo = (place) => async () => {
    from = place();
    await report(() => refresh());
  };
  const more = button(
    "Later dead letters",
    goTo(() => next ?? from),
  );
  const first = button(
    "First dead letters",
    goTo(() => 0),
  );
  const all = h(
    "div",
    { class: "actions" },
    first,
    more,
    button("Resend all", () =>
      report(async () => {
        const { count } = await post(`${path}/resendAllDeadLetters`);
        return `${lettersWere(count)} sent again.`;
      }),
    ),
    button("Remove all", async () => {
      if (
        !confirm("Remove all dead letters of this event subscription? They cannot be brought back.")
      )
        return;
      await report(async () => {
        const { count } = await call("DELETE", `${path}/deadLetters`);
        return `${lettersWere(count)} removed.`;
      });
    }),
  );
  const element = h("section", { class: "card", "aria-label": "Dead letters" }, all, rows, none);
  return { element, refresh };
}

function row(path, letter) {
  const { sequenceNumber, reason, deliveryCount, event } = letter;
  const summary = h(
    "summary",
    {},
    h("span", { class: "number" }, `#${sequenceNumber}`),
    ...eventName(event),
    h("span", { class: `badge ${reason}` }, reason),
    moment(letter.died, "age"),
    h("span", {}, `${deliveryCount} ${deliveryCount === 1 ? "attempt" : "attempts"}`),
  );
  const element = h("details", { "data-number": sequenceNumber }, summary);
  element.addEventListener("toggle", () => {
    if (element.open && !element.querySelector(".details")) {
      element.append(h("div", { class: "details" }, ...shown(path, letter)));
    }
  });
  return { element: h("li", {}, element), update: () => {} };
}

function shown(path, letter) {
  const number = letter.sequenceNumber;
  const resend = button("Resend", () =>
    report(async () => {
      await change(`${path}/resendDeadLetters`, { sequenceNumbers: [number] });
      return `Dead letter ${number} was sent again.`;
    }),
  );
  const remove = button("Remove", () =>
    report(async () => {
      await call("DELETE", `${path}/deadLetters/${number}`);
      return `Dead letter ${number} was removed.`;
    }),
  );
  const times = [
    ["Published", letter.published, "age"],
    ["Last delivered", letter.lastDelivered, "age"],
    ["Died", letter.died, "age"],
    ["Leaves", letter.leaves, "left"],
  ];
  const entries = times.filter(([, time]) => time !== undefined);
  const facts = entries.map(([name, time, form]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, moment(time, form))),
  );
  return [
    h("div", { class: "actions" }, resend, remove),
    h("dl", { class: "fields" }, ...facts),
    ...eventDetails(letter.event),
  ];
}

function lettersWere(count) {
  return count === 1 ? "1 dead letter was" : `${count} dead letters were`;
}
