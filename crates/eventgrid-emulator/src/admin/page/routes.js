// Addresses of views: the fragment of the page's address, so that they can be linked and kept.

const part = encodeURIComponent;

export const publishRoute = (topic) => `#/publish/${part(topic)}`;

/** An event subscription: its `events`, `dead-letters` or `filter`. */
export const subscriptionRoute = (topic, name, tab = "events") =>
  `#/topics/${part(topic)}/${part(name)}/${tab}`;

/** Which view an address names, with its arguments; the topics if it names none. */
export function read(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  let segments;
  try {
    segments = path.split("/").map(decodeURIComponent);
  } catch {
    segments = [""];
  }
  const [name, ...rest] = segments;
  const parameters = Object.fromEntries(new URLSearchParams(query));
  if (name === "topics" && rest.length === 3) {
    const [topic, subscription, tab] = rest;
    return { view: "subscription", nav: "#/", topic, subscription, tab, parameters };
  }
  if (name === "publish" && rest.length === 1) {
    return { view: "publish", nav: "#/", topic: rest[0], parameters };
  }
  const isView = ["requests", "pushes", "faults", "clock"].includes(name) && rest.length === 0;
  return isView
    ? { view: name, nav: `#/${name}`, parameters }
    : { view: "topics", nav: "#/", parameters };
}
