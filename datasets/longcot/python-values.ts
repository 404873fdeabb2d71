/** JSON as Python's `json` reads it, and the lists of numbers and texts that Python's `ast.literal_eval` reads. */
import { asciiDigits, strip } from "../python-text.ts";

/** Whole numbers are exact. `null` stands for None and for what no answer is made of, such as a tuple. */
export type Value = bigint | number | boolean | string | null | readonly Value[] | ReadonlyMap<string, Value>;

/** Python raises here where the official verifiers do not expect it, so that they have no verdict. */
export class PythonRaises extends Error {}

/** Python's own bounds: digits of a whole number, and about how deep values may nest. */
const MOST_DIGITS = 4300;
const MOST_LEVELS = 900;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const NAMES: readonly (readonly [string, Value])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** What stands in a text as it is. */
// oxlint-disable-next-line no-control-regex -- JSON's own rule
const PLAIN = /[^"\\\x00-\x1f]+/y;

/** A value and the position after it. */
interface Parsed {
  readonly value: Value;
  readonly end: number;
}

/** Reads values of JSON at any position of a text; what was read once is not read again. */
export class JsonAt {
  readonly #text: string;
  readonly #known = new Map<number, Parsed>();
  /** 1 where no list and no object begins: a reply may hold hundreds of thousands of such beginnings. */
  readonly #none: Uint8Array;
  readonly #isReadOnce: boolean;

  /** @param isReadOnce whether only one value is read, so that nothing is read again */
  constructor(text: string, isReadOnce = false) {
    this.#text = text;
    this.#isReadOnce = isReadOnce;
    this.#none = new Uint8Array(isReadOnce ? 0 : text.length);
  }

  /** The value that begins there; null if there is none. Throws `PythonRaises`. */
  read(at: number): Parsed | null {
    return this.#value(at, 0);
  }

  #value(at: number, level: number): Parsed | null {
    const char = this.#text[at];
    if (char === '"') return this.#string(at);
    if (char !== "[" && char !== "{") return this.#scalar(at);
    if (this.#none[at] === 1) return null;
    const known = this.#known.get(at);
    if (known) return known;
    if (level > MOST_LEVELS) throw new PythonRaises();
    const parsed = char === "[" ? this.#list(at, level) : this.#object(at, level);
    if (this.#isReadOnce) return parsed;
    if (parsed === null) this.#none[at] = 1;
    else this.#known.set(at, parsed);
    return parsed;
  }

  #list(at: number, level: number): Parsed | null {
    const items: Value[] = [];
    let next = this.#skip(at + 1);
    if (this.#text[next] === "]") return { value: items, end: next + 1 };
    for (;;) {
      const item = this.#value(next, level + 1);
      if (item === null) return null;
      items.push(item.value);
      next = this.#skip(item.end);
      if (this.#text[next] === "]") return { value: items, end: next + 1 };
      if (this.#text[next] !== ",") return null;
      next = this.#skip(next + 1);
    }
  }

  #object(at: number, level: number): Parsed | null {
    const entries: [key: string, value: Value][] = [];
    let next = this.#skip(at + 1);
    if (this.#text[next] === "}") return { value: new Map(entries), end: next + 1 };
    for (;;) {
      const key = this.#text[next] === '"' ? this.#string(next) : null;
      if (key === null) return null;
      next = this.#skip(key.end);
      if (this.#text[next] !== ":") return null;
      const item = this.#value(this.#skip(next + 1), level + 1);
      if (item === null) return null;
      entries.push([key.value as string, item.value]);
      next = this.#skip(item.end);
      if (this.#text[next] === "}") return { value: new Map(entries), end: next + 1 };
      if (this.#text[next] !== ",") return null;
      next = this.#skip(next + 1);
    }
  }

  #string(at: number): Parsed | null {
    let text = "";
    for (let next = at + 1; next < this.#text.length;) {
      PLAIN.lastIndex = next;
      if (PLAIN.test(this.#text)) {
        text += this.#text.slice(next, PLAIN.lastIndex);
        next = PLAIN.lastIndex;
      }
      const char = this.#text[next];
      if (char === '"') return { value: text, end: next + 1 };
      if (char !== "\\") return null;
      const escaped = this.#text[next + 1] ?? "";
      const code = /^[0-9a-fA-F]{4}$/.exec(this.#text.slice(next + 2, next + 6))?.[0];
      if (escaped === "u" && code !== undefined) text += String.fromCharCode(Number.parseInt(code, 16));
      else if (escaped in ESCAPES) text += ESCAPES[escaped]!;
      else return null;
      next += escaped === "u" ? 6 : 2;
    }
    return null;
  }

  #scalar(at: number): Parsed | null {
    NUMBER.lastIndex = at;
    const written = NUMBER.exec(this.#text)?.[0];
    if (written !== undefined) {
      const value = /[.eE]/.test(written) ? Number(written) : wholeNumber(written);
      return { value, end: at + written.length };
    }
    for (const [name, value] of NAMES)
      if (this.#text.startsWith(name, at)) return { value, end: at + name.length };
    return null;
  }

  #skip(at: number): number {
    let next = at;
    while (" \t\n\r".includes(this.#text[next] ?? "x")) next += 1;
    return next;
  }
}

/** `json.loads`: null if Python does not read the text as JSON. Throws `PythonRaises`. */
export function loadsJson(text: string): { readonly value: Value } | null {
  const parsed = new JsonAt(text, true).read(/^[ \t\n\r]*/.exec(text)![0].length);
  return parsed !== null && /^[ \t\n\r]*$/.test(text.slice(parsed.end)) ? parsed : null;
}

/** Almost every number, whose digits need no look: an answer may hold half a million. */
const SHORT_INT = /^-?[0-9]{1,15}$/;

/** A whole number in digits of any script. Throws `PythonRaises` for more digits than Python converts. */
export function wholeNumber(written: string): bigint {
  if (SHORT_INT.test(written)) return BigInt(Number(written));
  if (written.replace("-", "").length > MOST_DIGITS) throw new PythonRaises();
  return BigInt(asciiDigits(written));
}

const INT_TEXT = /^([+-]?)(\p{Nd}+(?:_\p{Nd}+)*)$/u;

/** `int(text)`: null if Python raises `ValueError`. */
export function intOf(text: string): bigint | null {
  const [, sign = "", digits = ""] = INT_TEXT.exec(strip(text)) ?? [];
  const written = asciiDigits(digits.replaceAll("_", ""));
  if (written === "" || written.length > MOST_DIGITS) return null;
  return sign === "-" ? -BigInt(written) : BigInt(written);
}

/** `==`, by which True is 1 and 1 is 1.0. */
export function isEqual(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => isEqual(item as Value, b[i] as Value));
  if (a instanceof Map && b instanceof Map)
    return (
      a.size === b.size &&
      [...(a as Map<string, Value>)].every(([key, item]) => b.has(key) && isEqual(item, b.get(key) as Value))
    );
  const [x, y] = [asNumber(a), asNumber(b)];
  // Two kinds of numbers are equal if they mean the same, however large they are.
  // oxlint-disable-next-line eqeqeq
  return x === null || y === null ? a === b : x == y;
}

function asNumber(value: Value): bigint | number | null {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : null;
}

/** A value of plain JSON, whose whole numbers are exact. */
export function valueOf(json: unknown): Value {
  if (typeof json === "number" && Number.isInteger(json)) return BigInt(json);
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json === "object" && json !== null)
    return new Map(Object.entries(json).map(([key, item]) => [key, valueOf(item)]));
  return json as Value;
}
