// The emulator's clock: looked at, stopped, moved, started.

import { get, post } from "./api.js";
import { button, choice, field, h, setText } from "./dom.js";
import { report } from "./notice.js";
import { duration, setClock, timeText } from "./time.js";

const UNITS = [
  ["1", "seconds"],
  ["60", "minutes"],
  ["3600", "hours"],
  ["86400", "days"],
];

const STEPS = [
  [60, "1 minute"],
  [300, "5 minutes"],
  [3600, "1 hour"],
  [86_400, "1 day"],
];

export default function clock(_route, signal) {
  const time = h("dd", { class: "large", "data-clock": "time" });
  const state = h("dd", { "data-clock": "state" });
  const offset = h("dd", {});
  const show = (latest) => {
    setClock(latest);
    setText(time, timeText(Date.parse(latest.time)));
    setText(state, latest.isStopped ? "stands still" : "runs");
    setText(offset, offsetText(latest.offsetInSeconds));
    toggle.textContent = latest.isStopped ? "Start the clock" : "Stop the clock";
    toggle.dataset.action = latest.isStopped ? "start" : "stop";
  };
  const refresh = async () => show(await get("/clock", { signal }));
  const toggle = button("Stop the clock", () =>
    report(async () => {
      const { action } = toggle.dataset;
      show(await post(`/clock/${action}`));
      return action === "stop" ? "The clock stands still." : "The clock runs.";
    }),
  );
  const advance = (seconds) =>
    report(async () => {
      show(await post("/clock/advance", { seconds }));
      return `The clock went ${duration(seconds * 1000)} forward, and what ends by now has ended.`;
    });
  const amount = h("input", { type: "number", min: "0", step: "any", value: "1", required: true });
  const unit = choice(UNITS, { "aria-label": "Unit" });
  unit.value = "60";
  const submit = (event) => {
    event.preventDefault();
    advance(Number(amount.value) * Number(unit.value));
  };
  const element = h(
    "section",
    { class: "card", "aria-label": "Clock" },
    h(
      "dl",
      { class: "fields" },
      h("div", {}, h("dt", {}, "Emulator's time (UTC)"), time),
      h("div", {}, h("dt", {}, "The clock"), state),
      h("div", {}, h("dt", {}, "Beside the machine's time"), offset),
    ),
    h("p", {}, "Locks, delays, times to live and retries go by it. It never goes back."),
    h("div", { class: "actions" }, toggle),
    h("h2", {}, "Advance"),
    h(
      "div",
      { class: "actions" },
      ...STEPS.map(([seconds, text]) => button(text, () => advance(seconds))),
    ),
    h(
      "form",
      { submit, class: "search" },
      field("Advance by", amount),
      unit,
      h("button", { type: "submit" }, "Advance the clock"),
    ),
  );
  return { title: "Clock", element, refresh };
}

function offsetText(seconds) {
  if (Math.abs(seconds) < 1) return "the same";
  return `${duration(Math.abs(seconds) * 1000)} ${seconds > 0 ? "ahead" : "late"}`;
}
