// @ts-nocheck
/**
 * How JavaScript's values are shown, inside QuickJS. It holds copies of what it needs, as the prelude does, to which it goes by a
 * global name that the prelude removes.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function () {
  "use strict";
  const { stringify } = JSON;
  const { keys, getPrototypeOf } = Object;
  const { isArray } = Array;
  const [MakeString, MakeError, MakeSet, MakeMap] = [String, Error, Set, Map];
  const MOST_ITEMS = 100;
  const MOST_DEPTH = 4;
  const MOST_CHARS = 2_000_000;

  function quoted(text) {
    if (!text.includes("'")) return `'${stringify(text).slice(1, -1).replaceAll('\\"', '"')}'`;
    return stringify(text);
  }

  /** A value as consoles show it. `room` bounds the characters of all that is shown. */
  function inspect(value, depth, seen, room) {
    if (room.chars <= 0) return "...";
    const text = shape(value, depth, seen, room);
    room.chars -= text.length;
    return text;
  }

  function shape(value, depth, seen, room) {
    if (typeof value === "string")
      return quoted(value.length > room.chars ? value.slice(0, room.chars) : value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[Function: ${MakeString(value.name) || "(anonymous)"}]`;
    if (typeof value === "symbol") return MakeString(value);
    if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : MakeString(value);
    if (seen.has(value)) return "[Circular]";
    if (value instanceof MakeError) return errorText(value);
    if (value instanceof Date || value instanceof RegExp)
      return MakeString(value instanceof Date ? value.toISOString() : value);
    if (value instanceof Promise) return "Promise {}";
    if (depth > MOST_DEPTH) return isArray(value) ? "[Array]" : "[Object]";
    seen.add(value);
    const inner = (one) => inspect(one, depth + 1, seen, room);
    const shown = members(value, inner);
    seen.delete(value);
    return shown;
  }

  function members(value, inner) {
    if (isArray(value) || ArrayBuffer.isView(value)) {
      const name = isArray(value) ? "" : `${value.constructor.name}(${value.length}) `;
      return name + listed("[", MakeArrayFrom(value, MOST_ITEMS).map(inner), value.length, "]");
    }
    if (value instanceof MakeMap) {
      const pairs = MakeArrayFrom(value, MOST_ITEMS).map(([key, one]) => `${inner(key)} => ${inner(one)}`);
      return `Map(${value.size}) ${listed("{", pairs, value.size, "}")}`;
    }
    if (value instanceof MakeSet)
      return `Set(${value.size}) ${listed("{", MakeArrayFrom(value, MOST_ITEMS).map(inner), value.size, "}")}`;
    const names = keys(value);
    const pairs = names
      .slice(0, MOST_ITEMS)
      .map((key) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${inner(value[key])}`);
    const made = getPrototypeOf(value)?.constructor?.name;
    const name = made === undefined || made === "Object" ? "" : `${made} `;
    return name + listed("{", pairs, names.length, "}");
  }

  function MakeArrayFrom(value, most) {
    const made = [];
    for (const one of value) {
      if (made.length === most) break;
      made.push(one);
    }
    return made;
  }

  function listed(open, items, count, close) {
    if (count === 0) return open + close;
    if (count > items.length) items.push(`... ${count - items.length} more items`);
    const line = items.join(", ");
    return line.length > 72 && items.length > 1 && open === "{"
      ? `${open}\n  ${items.join(",\n  ").replaceAll("\n", "\n  ").replaceAll("\n    ", "\n  ")}\n${close}`
      : `${open} ${line} ${close}`;
  }

  const show = (value) => inspect(value, 0, new MakeSet(), { chars: MOST_CHARS });
  function errorText(error) {
    const head = `${MakeString(error.name)}: ${MakeString(error.message)}`;
    const stack = typeof error.stack === "string" ? error.stack : "";
    const frames = stack.split("\n").filter((line) => line.includes("<block "));
    return [head, ...frames.slice(0, 8)].join("\n");
  }

  globalThis.replShow = { quoted, show, errorText };
});
