// A reporter for `node --test`: one line for each test, `pass` or `fail` with its full name.

export default async function* outcomes(source) {
  // A suite is reported after its tests, and its start before them.
  const names = [];
  for await (const { type, data } of source) {
    if (type === "test:start") names[data.nesting] = data.name;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const name = [...names.slice(0, data.nesting), data.name].join(": ");
    if (data.details.type !== "suite" && !data.name.endsWith(".js")) yield `${type.slice("test:".length)} ${name}\n`;
  }
}
