// Publishes test events to a topic.

import { get, post, topicPath } from "./api.js";
import { button, field, h } from "./dom.js";
import { write } from "./json.js";
import { fail, report } from "./notice.js";
import { now } from "./time.js";

export default function publish({ topic }, signal) {
  let kind;
  const text = h("textarea", {
    rows: "14",
    spellcheck: "false",
    autocomplete: "off",
    required: true,
  });
  const fill = () => {
    text.value = write(template(kind ?? {}));
  };
  const submit = (event) => {
    event.preventDefault();
    report(() => send(topic, text.value));
  };
  const form = h(
    "form",
    { submit, class: "card" },
    field(
      "Event, or an array of events",
      text,
      "In the schema of the topic. No access key is needed.",
    ),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit" }, "Publish"),
      button("New test event", fill),
    ),
  );
  // The topic is asked for once: what people write stays.
  const refresh = async () => {
    if (kind) return;
    kind = await get(topicPath(topic), { signal });
    if (text.value === "") fill();
  };
  return { title: `Publish to ${topic}`, element: form, refresh };
}

async function send(topic, text) {
  let events;
  try {
    events = JSON.parse(text);
  } catch (error) {
    fail(`This is not JSON: ${error.message}`);
    return undefined;
  }
  // The text itself is sent, so that numbers keep all their digits.
  const body = `{"events":${Array.isArray(events) ? text : `[${text}]`}}`;
  const { count } = await post(`${topicPath(topic)}/publish`, body);
  return `Published ${count === 1 ? "1 event" : `${count} events`} to ${topic}.`;
}

function template({ kind, inputSchema }) {
  const id = newId();
  const time = new Date(now()).toISOString();
  const isDomain = kind === "domain";
  if (inputSchema === "custom") return { id, text: "Hello from the page" };
  if (inputSchema === "eventgrid") {
    return {
      id,
      ...(isDomain ? { topic: "test" } : {}),
      subject: "test",
      eventType: "Test.Published",
      eventTime: time,
      dataVersion: "1.0",
      data: { text: "Hello from the page" },
    };
  }
  return {
    specversion: "1.0",
    id,
    source: isDomain ? "test" : "/emulator/page",
    type: "Test.Published",
    time,
    data: { text: "Hello from the page" },
  };
}

// Browsers have `randomUUID` on secure addresses alone.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `test-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
