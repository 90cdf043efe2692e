// JSON as it was written: numbers keep all their digits.

// A JavaScript number has 53 bits, so 12345678901234567890 would be shown as another number.
function keepDigits(_key, value, context) {
  if (typeof value !== "number" || context?.source === undefined || !JSON.rawJSON) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}

/** Reads JSON for `write`: a number that JavaScript cannot have is an object, which that knows. */
export function readExactly(text) {
  return JSON.parse(text, keepDigits);
}

// What changes how the text beside it looks, or is not seen: controls, and marks of direction.
// Lines and tabs are what they seem to be.
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Whether some of a text is not seen as it is. */
export function hasUnseen(text) {
  return text.search(UNSEEN) >= 0;
}

/** A text whose every character is seen: one that would not be is written as in JSON. */
export function seen(text) {
  return text.replace(UNSEEN, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Writes a value over several lines. */
export function write(value) {
  return JSON.stringify(value, null, 2);
}

/** A value in one line: a text as it is, everything else as JSON. */
export function inline(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
