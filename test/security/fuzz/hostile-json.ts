/** What somebody might put in the place of a value of JSON, and bytes that are nearly a file. */
import fc from "fast-check";

/** Values that a reader may trust too much. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  2 ** 53,
  1e308,
  "",
  "../../../x",
  "/etc/passwd",
  "..",
  "a/../../b",
  "C:\\x",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\ud800",
  "\udfff\ud800",
  "\u001b]0;x\u0007\u001b[2J",
  "\u202e",
  "x".repeat(10_000),
  "名".repeat(3000),
  "1".repeat(10_000),
  "(".repeat(5000),
  "9999-99-99T99:99:99Z",
  "http://user:secret@host/?key=1",
  "=cmd()",
  [],
  {},
  [[]],
  [null],
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  JSON.parse("[".repeat(600) + "]".repeat(600)),
  Array.from({ length: 2000 }, (_, index) => index),
];

/** One of those, or any JSON. */
export function hostileValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}

/** The value with some of its parts changed, dropped or put elsewhere. */
export function changedJson(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  const change = fc.record({
    place: fc.nat({ max: places.length - 1 }),
    how: fc.constantFrom("replace", "replace", "replace", "drop", "rename", "repeat"),
    value: hostileValue(),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let changed = value;
    for (const { place, how, value: other } of changes)
      changed = withChange(changed, places[place]!, how, other);
    return changed;
  });
}

type Path = readonly (string | number)[];

function placesIn(value: unknown, path: Path = [], found: Path[] = []): Path[] {
  if (found.length >= 2000 || typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    found.push(place);
    placesIn((value as Record<string, unknown>)[key], place, found);
  }
  return found;
}

function withChange(value: unknown, [key, ...rest]: Path, how: string, other: unknown): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list = [...(value as unknown[])];
    const at = Number(key);
    if (at >= list.length) return list;
    if (rest.length > 0) list[at] = withChange(list[at], rest, how, other);
    else if (how === "drop") list.splice(at, 1);
    else if (how === "repeat") list.push(list[at]);
    else list[at] = other;
    return list;
  }
  const entries = Object.entries(value).flatMap(([name, held]): [string, unknown][] => {
    if (name !== key) return [[name, held]];
    if (rest.length > 0) return [[name, withChange(held, rest, how, other)]];
    if (how === "drop") return [];
    if (how === "rename") return [[typeof other === "string" ? other : "renamed", held]];
    return [[name, other]];
  });
  return Object.fromEntries(entries);
}

/** The bytes with some flipped, left out, put in or cut off. */
export function changedBytes(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat({ max: Math.max(0, bytes.length - 1) }),
    how: fc.constantFrom("flip", "flip", "flip", "cut", "insert", "leave out", "copy"),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    length: fc.nat({ max: 200 }),
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let changed = Buffer.from(bytes);
    for (const { at, how, bytes: other, length } of changes) {
      const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
      if (how === "flip") changed = Buffer.concat([before, other, after.subarray(other.length)]);
      else if (how === "cut") changed = Buffer.from(before);
      else if (how === "insert") changed = Buffer.concat([before, other, after]);
      else if (how === "leave out") changed = Buffer.concat([before, after.subarray(length)]);
      else changed = Buffer.concat([before, after.subarray(0, length), after]);
    }
    return changed;
  });
}
