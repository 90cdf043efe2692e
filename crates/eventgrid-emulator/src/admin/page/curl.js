// A request of the journal as a curl command, with the credential as a shell variable.

import { hasUnseen, replaceUnseen } from "./json.js";

/** The variable that has the access key. */
export const KEY_VARIABLE = "EVENTGRID_KEY";

// What curl says by itself.
const OF_CURL = ["host", "content-length", "user-agent", "accept"];

// In bytes. Linux takes twice as much, others less.
const LARGEST_ARGUMENT = 64 * 1024;

// The journal hides what may be a credential.
const HIDDEN = "***";

/** The command that sends a request of the journal again. */
export function curl(request) {
  const { method, headers, scheme, body, topic } = request;
  const url = `${scheme}://${headers.host ?? "localhost"}${visible(request.path)}`;
  // curl makes several requests of a URL with braces or brackets.
  const arguments_ = [`${/[[\]{}]/.test(url) ? "--globoff " : ""}${quoted(url)}`];
  arguments_.push(`--request ${quoted(method)}`);
  arguments_.push(`--header ${credential(topic)}`);
  for (const [name, value] of Object.entries(headers)) {
    if (OF_CURL.includes(name)) continue;
    // Without a value curl takes a header away, unless it ends by a semicolon.
    arguments_.push(`--header ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
  }
  const binary = binaryBody(body);
  if (binary !== undefined) arguments_.push("--data-binary @-");
  else if (body !== "") arguments_.push(`--data-raw ${quoted(body)}`);
  const command = `curl ${arguments_.join(" \\\n    ")}`;
  return binary === undefined ? command : `base64 --decode <<<${quoted(binary)} |\n${command}`;
}

/** Text that a shell takes as it is. What is not seen is escaped, as bash reads it. */
export function quoted(text) {
  if (!hasUnseen(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${replaceUnseen(text.replace(/[\\']/g, "\\$&"), escapedBytes)}'`;
}

function escapedBytes(text) {
  const bytes = Array.from(new TextEncoder().encode(text));
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

// Within double quotes, so that the shell puts the key in.
function credential(topic) {
  const isBasic = /^(basicTopic|domain|partnerChannel):/.test(topic ?? "");
  const start = isBasic ? "aeg-sas-key:" : "Authorization: SharedAccessKey";
  return `"${start} $${KEY_VARIABLE}"`;
}

function visible(path) {
  const [place, query] = path.split("?");
  const parameters = (query ?? "").split("&").filter((it) => it !== "" && it !== HIDDEN);
  return parameters.length === 0 ? place : `${place}?${parameters.join("&")}`;
}

/** The body in base64, if it cannot be an argument of the shell as it is. */
function binaryBody(body) {
  if (typeof body !== "string") return body.base64;
  const bytes = new TextEncoder().encode(body);
  // A terminal acts on some of these when they are pasted into it.
  if (!hasUnseen(body) && bytes.length <= LARGEST_ARGUMENT) return undefined;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
