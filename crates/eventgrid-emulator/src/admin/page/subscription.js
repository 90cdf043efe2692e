// An event subscription: its counts and settings, and one of its events, dead letters and filter.

import { ApiError, get, subscriptionPath } from "./api.js";
import deadLetters from "./dead_letters.js";
import { fields, h, setText } from "./dom.js";
import events from "./events.js";
import filter from "./filter.js";
import { inline } from "./json.js";
import { publishRoute, subscriptionRoute } from "./routes.js";
import { countList } from "./topics.js";

const TABS = {
  events: ["Events", events],
  "dead-letters": ["Dead letters", deadLetters],
  filter: ["Filter", filter],
};

export default function subscription(route, signal) {
  const { topic, subscription: name } = route;
  const tab = Object.hasOwn(TABS, route.tab) ? route.tab : "events";
  const counts = countList();
  const settings = h("div", {});
  const links = tabLinks(topic, name, tab);
  const content = TABS[tab][1](route, signal);
  const element = h(
    "div",
    {},
    h(
      "section",
      { class: "card", "aria-label": "Counts and settings" },
      h("p", {}, "Event subscription of ", h("bdi", {}, topic), ". ", publishLink(topic)),
      counts.element,
      h("details", {}, h("summary", {}, "Settings"), settings),
    ),
    links.element,
    content.element,
  );
  const refresh = async () => {
    const overview = await get(subscriptionPath(topic, name), { signal }).catch((error) => {
      throw gone(error);
    });
    counts.update(overview);
    links.update(overview);
    showSettings(settings, overview.settings);
    await content.refresh(overview);
  };
  return { title: name, element, refresh };
}

function publishLink(topic) {
  return h("a", { href: publishRoute(topic) }, `Publish to ${topic}`);
}

function gone(error) {
  const isGone = error instanceof ApiError && error.status === 404;
  return isGone ? new ApiError(404, "This event subscription is not there any more.") : error;
}

function tabLinks(topic, name, current) {
  const links = Object.entries(TABS).map(([tab, [text]]) => {
    const isCurrent = tab === current && "page";
    return h("a", { href: subscriptionRoute(topic, name, tab), "aria-current": isCurrent }, text);
  });
  const items = links.map((link) => h("li", {}, link));
  const element = h("nav", { class: "tabs", "aria-label": name }, h("ul", {}, ...items));
  const update = ({ deadLetters }) => setText(links[1], `Dead letters (${deadLetters})`);
  return { element, update };
}

function showSettings(parent, settings) {
  const text = JSON.stringify(settings);
  if (parent.dataset.shown === text) return;
  parent.dataset.shown = text;
  const destination = settings.deadLetterDestination ?? "nowhere: they are dropped";
  // What is in the list stays there.
  const leaves = typeof destination === "object" && `${settings.deadLetterDelayInSeconds} s`;
  // Where events are pushed, the retry policy of the endpoint takes their place.
  const received = settings.receiveLockDurationInSeconds !== undefined;
  parent.replaceChildren(
    fields([
      received && ["Lock duration", `${settings.receiveLockDurationInSeconds} s`],
      received && ["Deliveries at most", String(settings.maxDeliveryCount)],
      received && ["Time to live", settings.eventTimeToLive],
      ["Dead letters go to", inline(destination)],
      leaves && ["They leave after", leaves],
    ]),
  );
}
