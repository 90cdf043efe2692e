// The page: one view at a time, kept up to date.
//
// - `token` and `sign_in` get in, `api` calls, `routes` has the addresses of views.
// - `topics`, `publish`, `subscription` (with `events`, `event`, `dead_letters` and `filter`),
//   `requests` (with `curl`), `pushes`, `faults` (with `fault_form`) and `clock` are the views.
// - `dom`, `json`, `time`, `live` and `notice` are what they share.
//
// A view is a function of its route and of a signal that ends it. It returns its title, its element
// and `refresh`, which asks for what it shows, and shows it.

import { ApiError, get } from "./api.js";
import clock from "./clock.js";
import { h, setText } from "./dom.js";
import faults from "./faults.js";
import { keepUpToDate } from "./live.js";
import { clear, fail } from "./notice.js";
import publish from "./publish.js";
import pushes, { hasPushLog } from "./pushes.js";
import requests from "./requests.js";
import { read } from "./routes.js";
import signIn from "./sign_in.js";
import subscription from "./subscription.js";
import { isStopped, now, setClock, tick, timeText } from "./time.js";
import { forget, takeFromAddress, token } from "./token.js";
import topics from "./topics.js";

const VIEWS = { clock, faults, publish, pushes, requests, subscription, topics };

const main = document.querySelector("main");
const nav = document.querySelector("nav");
const time = document.querySelector("#time");
const connection = document.querySelector("#connection");

let ending = new AbortController();
// What the emulator said last instead of showing the view.
let refusal;
let isFirst = true;

/** Shows the view of the address. */
function open() {
  ending.abort();
  ending = new AbortController();
  const { signal } = ending;
  clear();
  refusal = undefined;
  const isSignedIn = token() !== null;
  nav.hidden = !isSignedIn;
  time.hidden = !isSignedIn;
  const route = read(location.hash);
  const view = isSignedIn ? VIEWS[route.view](route, signal) : signIn(open);
  show(view, route);
  setText(connection, "");
  if (!isSignedIn) return;
  keepUpToDate(() => refresh(view, signal), signal);
  showPushLink(signal);
}

// An emulator without pushes has no log of them.
async function showPushLink(signal) {
  try {
    document.querySelector("#pushes-link").hidden = !(await hasPushLog(signal));
  } catch {
    // Whoever refreshes the view says what is wrong.
  }
}

function show(view, route) {
  document.title = `${view.title} – Event Grid emulator`;
  for (const link of nav.querySelectorAll("a")) {
    if (link.getAttribute("href") === route.nav) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = h("h1", { tabindex: "-1" }, view.title);
  main.replaceChildren(heading, view.element);
  // Who followed a link goes on at what it led to. At first the address bar has the focus.
  if (!isFirst) heading.focus();
  isFirst = false;
}

async function refresh(view, signal) {
  try {
    const [state] = await Promise.all([get("/clock", { signal }), view.refresh()]);
    if (signal.aborted) return true;
    setClock(state);
    setText(connection, "Live");
    connection.className = "live";
    if (refusal) clear();
    refusal = undefined;
    showTime();
    return true;
  } catch (error) {
    if (!signal.aborted) lost(error);
    return false;
  }
}

function lost(error) {
  if (error instanceof ApiError && error.status === 401) {
    forget();
    open();
    fail("The emulator does not take this token. It prints the right one when it starts.");
    return;
  }
  const isRefused = error instanceof ApiError;
  // It is said once, however often it is asked.
  if (isRefused && error.message !== refusal) fail(error);
  refusal = isRefused ? error.message : undefined;
  setText(connection, isRefused ? "Refused" : "Not reachable");
  connection.className = "lost";
}

function showTime() {
  const text = timeText(now());
  setText(time, isStopped() ? `${text} (stopped)` : text);
}

function listen() {
  addEventListener("hashchange", () => {
    takeFromAddress();
    open();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  document.querySelector("#sign-out").addEventListener("click", () => {
    forget();
    open();
  });
  setInterval(() => {
    if (document.hidden || token() === null) return;
    tick();
    showTime();
  }, 1000);
}

takeFromAddress();
listen();
open();
