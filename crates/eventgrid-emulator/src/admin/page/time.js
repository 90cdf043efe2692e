// The emulator's time, and times as people read them.

import { h, setText } from "./dom.js";

// What the emulator said last, and when that was by the clock of the browser.
let said = { time: Date.now(), at: performance.now(), isStopped: false };

/** Takes the time of `GET /clock`. */
export function setClock(clock) {
  said = { time: Date.parse(clock.time), at: performance.now(), isStopped: clock.isStopped };
}

/** The emulator's time, in milliseconds. */
export function now() {
  return said.isStopped ? said.time : said.time + (performance.now() - said.at);
}

/** Whether the emulator's clock stands still. */
export function isStopped() {
  return said.isStopped;
}

/** A duration in its two largest units. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  for (const [size, name] of units) {
    if (seconds < size) continue;
    const [whole, rest] = [Math.floor(seconds / size), seconds % size];
    const smaller = { d: [3600, "h"], h: [60, "min"], min: [1, "s"] }[name];
    const part = Math.floor(rest / smaller[0]);
    return part === 0 ? `${whole} ${name}` : `${whole} ${name} ${part} ${smaller[1]}`;
  }
  return `${seconds} s`;
}

const FORMS = {
  age: (time) => `${duration(now() - time)} ago`,
  left: (time) => (time > now() ? `${duration(time - now() + 999)} left` : "over"),
};

/** A moment that is shown as its `age`, or as the time that is `left` until then. */
export function moment(text, form) {
  const element = h("time", { datetime: text, title: text, "data-form": form });
  show(element);
  return element;
}

/** Makes an element of `moment` another moment. */
export function setMoment(element, text) {
  element.setAttribute("datetime", text);
  element.title = text;
  show(element);
}

function show(element) {
  const form = FORMS[element.dataset.form];
  setText(element, form(Date.parse(element.getAttribute("datetime"))));
}

/** Shows all moments of the page as they are now. */
export function tick() {
  document.querySelectorAll("time[data-form]").forEach(show);
}

/** A time without its fraction. */
export function timeText(milliseconds) {
  return new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace("T", " ");
}
