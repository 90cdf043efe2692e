// The admin API, called with the token.

import { readExactly } from "./json.js";
import { token } from "./token.js";

// In milliseconds: after how long what shows a view has failed. To move the clock may take longer.
const TIMEOUT = 20_000;

/** A request that was refused: its status, and what the emulator says. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Sends a request and returns the JSON of its response, if it has any. A body is JSON text or a
 * value. With `exact` numbers of events keep all their digits. A request with a signal ends with
 * it, and has failed if it takes too long.
 */
export async function call(method, path, { body, signal, exact = false } = {}) {
  const headers = { authorization: `Bearer ${token()}` };
  const init = { method, headers, cache: "no-store" };
  if (signal) init.signal = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = typeof body === "string" ? body : JSON.stringify(body);
  }
  const response = await fetch(path, init);
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, messageOf(text) ?? response.statusText);
  if (text === "") return undefined;
  return exact ? readExactly(text) : JSON.parse(text);
}

function messageOf(text) {
  try {
    return JSON.parse(text).error?.message;
  } catch {
    return undefined;
  }
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });

/** The path of a topic. */
export const topicPath = (topic) => `/topics/${encodeURIComponent(topic)}`;

/** The path of an event subscription. */
export const subscriptionPath = (topic, name) =>
  `${topicPath(topic)}/eventSubscriptions/${encodeURIComponent(name)}`;
