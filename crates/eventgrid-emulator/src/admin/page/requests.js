// The requests of the data plane, the newest first.

import { call, post } from "./api.js";
import { KEY_VARIABLE, curl } from "./curl.js";
import { button, choice, field, fields, h, list, setText } from "./dom.js";
import { code } from "./event.js";
import { seen } from "./json.js";
import { report, say } from "./notice.js";
import { moment, timeText } from "./time.js";

const MOST = 100;

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
  "unknown",
];

export default function requests(_route, signal) {
  const operation = choice(OPERATIONS);
  const topic = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const contained = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const rows = h("ol", { class: "rows" });
  const none = h("p", { hidden: true }, "There are no such requests.");
  const about = h("p", { class: "about" });
  const refresh = async () => {
    const criteria = {
      ...(operation.value && { operation: operation.value }),
      ...(topic.value && { topic: topic.value }),
      ...(contained.value && { bodyContains: contained.value }),
    };
    const path = `/requests/find?maxRequests=${MOST}`;
    const found = await post(path, criteria, { signal });
    list(rows, found.requests.reverse(), ({ number, time }) => `${number} ${time}`, row);
    none.hidden = found.requests.length > 0;
    rows.hidden = found.requests.length === 0;
    setText(about, aboutText(found));
  };
  const submit = (event) => {
    event.preventDefault();
    report(refresh);
  };
  const search = h(
    "form",
    { submit, class: "search" },
    field("Operation", operation),
    field("Topic", topic),
    field("Body contains", contained),
    h("button", { type: "submit" }, "Find"),
    button("Forget all requests", () =>
      report(async () => {
        await call("DELETE", "/requests");
        await refresh();
        return "The requests are forgotten. Events stay where they are.";
      }),
    ),
  );
  operation.addEventListener("change", () => report(refresh));
  const element = h(
    "section",
    { class: "card", "aria-label": "Requests" },
    search,
    about,
    rows,
    none,
  );
  return { title: "Requests", element, refresh };
}

function aboutText({ requests, forgotten }) {
  const shown = requests.length === MOST ? `The newest ${MOST} are shown.` : "";
  const gone = forgotten === 0 ? "" : `${forgotten} older requests are not kept any more.`;
  return [shown, gone].filter(Boolean).join(" ");
}

function row(request) {
  const status = h("span", {});
  const summary = h(
    "summary",
    {},
    h("span", { class: "number" }, `#${request.number}`),
    h("span", { class: "what" }, request.operation),
    h("bdi", { class: "id" }, seen(request.path)),
    status,
    moment(request.time, "age"),
  );
  const element = h("details", { "data-number": request.number }, summary);
  let latest = request;
  const show = () => {
    element.querySelector(".details")?.remove();
    if (element.open) element.append(h("div", { class: "details" }, ...shown(latest)));
  };
  element.addEventListener("toggle", show);
  const update = (found) => {
    const isNew = status.textContent === "" || latest.status !== found.status;
    latest = found;
    if (!isNew) return;
    setText(status, statusText(found));
    status.className = `badge ${statusClass(found)}`;
    if (element.open) show();
  };
  return { element: h("li", {}, element), update };
}

function statusText({ status, fault }) {
  return `${status ?? "waits"}${fault ? ", fault" : ""}`;
}

function statusClass({ status }) {
  if (status === null) return "delayed";
  return status < 400 ? "good" : "bad";
}

function shown(request) {
  const { errorCode, errorMessage, headers, body } = request;
  const command = code(curl(request), "curl command");
  const copy = button("Copy as curl", () => copied(command));
  const facts = fields([
    ["Method", request.method],
    ["Time", timeText(Date.parse(request.time))],
    ["Topic", request.topic && seen(request.topic)],
    ["Event subscription", request.subscription && seen(request.subscription)],
    ["Error", errorCode],
    ["Message", errorMessage && seen(errorMessage)],
  ]);
  const names = Object.entries(headers).map(([name, value]) => [name, h("bdi", {}, seen(value))]);
  const text = typeof body === "string" ? body : `base64: ${body.base64}`;
  return [
    facts,
    h("h2", {}, "Headers"),
    fields(names),
    ...(text === "" ? [] : [h("h2", {}, "Body"), code(seen(text), "Body")]),
    h("h2", {}, "Send it again"),
    h(
      "p",
      {},
      `Set the variable ${KEY_VARIABLE} to the access key first. The key itself is not kept here.`,
    ),
    h("div", { class: "actions" }, copy),
    command,
  ];
}

async function copied(command) {
  try {
    await navigator.clipboard.writeText(command.textContent);
    say("The command was copied.");
  } catch {
    // Browsers have a clipboard on secure addresses alone.
    getSelection().selectAllChildren(command);
    command.focus();
    say("The command is selected: copy it with Ctrl+C.");
  }
}
