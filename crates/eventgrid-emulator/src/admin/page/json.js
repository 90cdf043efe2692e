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

// What changes how the text beside it looks, or is not seen: controls, marks of direction, and what
// Unicode has no sign for. Lines and tabs are what they seem to be.
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/gu;

/** Whether some of a text is not seen as it is. */
export function hasUnseen(text) {
  return text.search(UNSEEN) >= 0;
}

/** A text whose every character is seen: one that would not be is written as in JSON. */
export function seen(text) {
  return replaceUnseen(text, (it) => it.split("").map(escaped).join(""));
}

/** A text in which something else is in place of what is not seen. */
export function replaceUnseen(text, replacement) {
  return text.replace(UNSEEN, replacement);
}

// Half of a character beyond 16 bits is one in JSON.
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Writes a value over several lines. */
export function write(value) {
  return JSON.stringify(value, null, 2);
}

/** A value in one line: a text as it is, everything else as JSON. */
export function inline(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
