// Elements. Text is only ever text here: nothing makes markup of it.

/**
 * Makes an element. Attributes are set as they are named; one that is `false` or `undefined` is
 * left out, `true` is an attribute without a value, and a function listens to the event of its
 * name.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button that does something. It is disabled until that is done, so that it is done once. */
export function button(text, act, attributes = {}) {
  const element = h("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    // A disabled button would lose the focus.
    element.setAttribute("aria-disabled", "true");
    try {
      await act();
    } finally {
      element.removeAttribute("aria-disabled");
    }
  });
  return element;
}

/** A form control with its label. */
export function field(label, control, hint) {
  control.id ||= `field-${nextId++}`;
  const described = hint && h("small", { id: `${control.id}-hint` }, hint);
  if (described) control.setAttribute("aria-describedby", described.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, described);
}

let nextId = 0;

/** A choice: each option is a text, or a value and its text. */
export function choice(options, attributes = {}) {
  const made = options.map((option) => {
    const [value, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value }, text);
  });
  return h("select", attributes, ...made);
}

/** Sets a text if it is another one, so that a selection in it stays. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Names with values, side by side: `entries` has a pair for each, `undefined` for none. */
export function fields(entries, attributes = {}) {
  const shown = entries.filter((entry) => entry && entry[1] !== undefined);
  const rows = shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  return h("dl", { class: "fields", ...attributes }, ...rows);
}

const rowsOf = new WeakMap();

/**
 * Makes the children of an element those of a list. A row stays the same element as long as its key
 * is in the list: focus, selection and what is open stay. `create` returns `element` and `update`.
 * A key has all that a row shows and `update` does not change. Numbers begin anew after a reset.
 */
export function list(parent, items, keyOf, create) {
  const before = rowsOf.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const row = before.get(key) ?? create(item);
    row.update(item);
    after.set(key, row);
  }
  for (const [key, row] of before) {
    if (!after.has(key)) remove(row.element);
  }
  let place = 0;
  for (const { element } of after.values()) {
    const there = parent.children[place];
    if (there !== element) parent.insertBefore(element, there ?? null);
    place += 1;
  }
  rowsOf.set(parent, after);
}

// Who was in the row goes on at the next one, or at the section of the list.
function remove(element) {
  const hadFocus = element.contains(document.activeElement);
  const [parent, next] = [
    element.parentElement,
    element.nextElementSibling ?? element.previousElementSibling,
  ];
  element.remove();
  if (!hadFocus) return;
  const target = next?.querySelector("summary, a, button") ?? parent.closest("section, main");
  if (!target.matches("summary, a, button")) target.setAttribute("tabindex", "-1");
  target.focus();
}
