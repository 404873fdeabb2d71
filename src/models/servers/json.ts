/** Reads JSON and what servers send instead of it: JSON with Python's constants, raw line breaks, Python's own notation. */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a text that is not empty; null otherwise. */
export function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value at a path such as `usage.details.cached`; undefined if there is none. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of namesIn(path)) {
    if (Array.isArray(found)) found = found[Number(name)];
    else if (isFields(found)) found = found[name];
    else return undefined;
  }
  return found;
}

/** The paths are few, and each is looked up in every reply. */
const splitPaths = new Map<string, readonly string[]>();

function namesIn(path: string): readonly string[] {
  const known = splitPaths.get(path);
  if (known) return known;
  const names = path.split(".");
  splitPaths.set(path, names);
  return names;
}

/**
 * The value of a JSON text. `NaN` and `Infinity`, which Python writes and JSON lacks, are read as null. Undefined for a text
 * that is not JSON.
 */
export function readJson(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(trimmed);
  } catch {
    if (trimmed.length > MOST_REPAIRED_CHARS || !CONSTANT.test(trimmed)) return undefined;
    return parsedOr(
      trimmed.replaceAll(STRING_OR_CONSTANT, (all, constant: string | undefined) =>
        constant ? "null" : all,
      ),
    );
  }
}

/** In a longer text, constants are not repaired. */
const MOST_REPAIRED_CHARS = 2 ** 18;
const CONSTANT = /NaN|Infinity/;
const STRING_OR_CONSTANT = /"(?:[^"\\]|\\[^])*(?:"|$)|(-?\b(?:NaN|Infinity)\b)/g;

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As `readJson`, but strings may contain raw line breaks and tabs, which JSON requires to be escaped. */
export function readLooseJson(text: string): unknown {
  if (!/[\n\r\t]/.test(text)) return readJson(text);
  const escaped = text.replaceAll(/"(?:[^"\\]|\\[^])*(?:"|$)/g, (string) =>
    string
      .replaceAll("\n", String.raw`\n`)
      .replaceAll("\r", String.raw`\r`)
      .replaceAll("\t", String.raw`\t`),
  );
  return readJson(escaped);
}

/** Where the object ends that a text begins with, by its brackets outside of strings; null if it begins with none. */
export function endOfObject(text: string): number | null {
  if (!text.trimStart().startsWith("{")) return null;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*(?:"|$)|[{}]/g)) {
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (depth === 0) return index + 1;
  }
  return null;
}

/** The value of a literal in Python's notation, such as `{'code': 'print(1)'}`; undefined for anything else. */
export function readPython(text: string): unknown {
  const reader = new PythonLiteral(text);
  try {
    return reader.whole();
  } catch {
    return undefined;
  }
}

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["None", null],
  ["True", true],
  ["False", false],
  ["null", null],
  ["true", true],
  ["false", false],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["0", "\0"],
  ["\n", ""],
]);
/** No tool call nests deeper. */
const MAX_DEPTH = 50;

/** Reads dicts, lists, tuples, strings, numbers and constants as Python's `repr` writes them. */
class PythonLiteral {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw new SyntaxError("more than one literal");
    return value;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError("nested too deeply");
    this.#space();
    const first = this.#text[this.#at];
    if (first === "{") return this.#dict(depth);
    if (first === "[") return this.#items("]", depth);
    if (first === "(") return this.#items(")", depth);
    if (/^(?:[rRuU]?["'])/.test(this.#text.slice(this.#at, this.#at + 2))) return this.#string();
    const [word] = /^[\w.+-]+/.exec(this.#text.slice(this.#at, this.#at + 64)) ?? [""];
    this.#at += word.length;
    if (CONSTANTS.has(word)) return CONSTANTS.get(word);
    if (word !== "" && Number.isFinite(Number(word))) return Number(word);
    throw new SyntaxError("not a literal");
  }

  #dict(depth: number): Fields {
    this.#at += 1;
    const fields: Record<string, unknown> = {};
    while (!this.#takes("}")) {
      const key = this.#value(depth + 1);
      if (typeof key !== "string" || !this.#takes(":")) throw new SyntaxError("not a dict");
      fields[key] = this.#value(depth + 1);
      if (!this.#takes(",") && this.#peek() !== "}") throw new SyntaxError("not a dict");
    }
    return fields;
  }

  #items(close: string, depth: number): unknown[] {
    this.#at += 1;
    const items: unknown[] = [];
    while (!this.#takes(close)) {
      items.push(this.#value(depth + 1));
      if (!this.#takes(",") && this.#peek() !== close) throw new SyntaxError("not a list");
    }
    return items;
  }

  #string(): string {
    const isRaw = /[rR]/.test(this.#text[this.#at]!);
    if (!/["']/.test(this.#text[this.#at]!)) this.#at += 1;
    const one = this.#text[this.#at]!;
    const quote = this.#text.startsWith(one.repeat(3), this.#at) ? one.repeat(3) : one;
    this.#at += quote.length;
    let said = "";
    while (!this.#text.startsWith(quote, this.#at)) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new SyntaxError("a string without an end");
      this.#at += 1;
      if (char !== "\\" || isRaw) said += char;
      else said += this.#escape();
    }
    this.#at += quote.length;
    return said;
  }

  #escape(): string {
    const char = this.#text[this.#at]!;
    this.#at += 1;
    const digits = { x: 2, u: 4, U: 8 }[char];
    if (digits === undefined) return ESCAPES.get(char) ?? (/["'\\]/.test(char) ? char : `\\${char}`);
    const code = Number.parseInt(this.#text.slice(this.#at, this.#at + digits), 16);
    this.#at += digits;
    return String.fromCodePoint(code);
  }

  #peek(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #takes(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }
}
