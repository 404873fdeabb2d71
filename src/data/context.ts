/** Describes a context without showing it: its type, its lengths, and its hash. */
import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { decodeWtf8, encodeWtf8, sha256OfWtf8 } from "./wtf8.ts";
import { DataError, UsageError } from "../errors.ts";
import { sum } from "../statistics.ts";
import { TextFile } from "../text-file.ts";
import type { Context, ContextSummary, Json } from "../types.ts";

/** Python's JSON parser recurses, so nesting needs a bound. Real data does not come near it. */
const MAX_DEPTH = 200;

/**
 * Throws `UsageError` if a value cannot be bound as `context`: if it is not JSON (BigInt, Map, functions, NaN, undefined), nests
 * deeper than 200 levels, or contains itself. The error names the path, such as `context["pages"][3]`.
 */
export function expectContext(context: unknown): asserts context is Context {
  if (!(context instanceof Uint8Array || context instanceof TextFile))
    expectJsonAt(context, "context", 0, "text, bytes (Uint8Array), or JSON");
}

/** Throws `UsageError`, which names the path in it, for a value that is not JSON by the same rules. */
export function expectJson(value: unknown, name: string): asserts value is Json {
  expectJsonAt(value, name, 0, "JSON");
}

function expectJsonAt(value: unknown, path: string, depth: number, expected: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object") throw notJson(path, expected, describe(value));
  if (depth === MAX_DEPTH) {
    const start = path.slice(0, 60);
    throw new UsageError(
      `${start}…: expected at most ${MAX_DEPTH} levels of nesting; the value is deeper, or contains itself`,
    );
  }
  if (Array.isArray(value)) {
    // By index, since `forEach` skips the holes of a sparse list.
    for (let at = 0; at < value.length; at++)
      if (typeof value[at] !== "string") expectJsonAt(value[at], `${path}[${at}]`, depth + 1, expected);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notJson(path, expected, describe(value));
  for (const [key, item] of Object.entries(value))
    if (typeof item !== "string") expectJsonAt(item, `${path}[${JSON.stringify(key)}]`, depth + 1, expected);
}

function notJson(path: string, expected: string, found: string): UsageError {
  return new UsageError(
    `${path}: expected ${expected}: null, true, false, finite numbers, text, lists and plain objects; got ${found}`,
  );
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `an object of class ${classOf(value)}`;
  return typeof value === "bigint" ? `the BigInt ${value}` : String(value).slice(0, 60);
}

function classOf(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "unknown";
}

/**
 * The bytes of a context, which are stored and hashed: bytes as they are, a text as UTF-8, and anything else as JSON. Lone
 * surrogates of a text are kept as three bytes each (WTF-8), so that a replay binds the same text.
 */
export function contextBytes(context: Context): Uint8Array {
  if (context instanceof TextFile) return context.load();
  if (context instanceof Uint8Array) return context;
  return typeof context === "string" ? encodeWtf8(context) : Buffer.from(jsonOf(context), "utf8");
}

/** The type, lengths and hash of a context. Throws `UsageError` as `expectContext` does. */
export function summariseContext(context: Context): ContextSummary {
  expectContext(context);
  if (context instanceof TextFile) return { type: "str", chars: context.chars, sha256: context.sha256 };
  const sha256 =
    typeof context === "string"
      ? sha256OfWtf8(context)
      : createHash("sha256").update(contextBytes(context)).digest("hex");
  const type = typeOf(context);
  if (context instanceof Uint8Array) return { type, chars: context.length, sha256 };
  if (typeof context !== "object" || context === null) return { type, chars: charsOf(context), sha256 };
  const values: readonly Json[] = Object.values(context);
  const items = Array.isArray(context) ? itemsOf(context as readonly Json[]) : "str";
  const chars = sum(values.map(charsOf));
  return { type, chars, parts: values.length, ...(items !== "str" && { items }), sha256 };
}

/** The inverse of `contextBytes`. Throws `DataError` for bytes that are not of that type. */
export function contextFromBytes(type: ContextSummary["type"], bytes: Uint8Array): Context {
  if (type === "bytes") return bytes;
  if (type === "str") return decodeWtf8(bytes);
  if (!isUtf8(bytes)) throw new DataError(`context of type ${type}: expected UTF-8`);
  const value = parseJson(Buffer.from(bytes).toString("utf8"), type);
  if (typeOf(value) !== type)
    throw new DataError(
      `context of type ${type}: expected its JSON, got the JSON of a value of type ${typeOf(value)}`,
    );
  return value;
}

function parseJson(text: string, type: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new DataError(`context of type ${type}: expected JSON`, { cause: error });
  }
}

/** The type of a value in Python. */
function typeOf(value: Json | Uint8Array): ContextSummary["type"] {
  if (value instanceof Uint8Array) return "bytes";
  if (value === null) return "None";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return /[.e]/.test(JSON.stringify(value)) ? "float" : "int";
  return Array.isArray(value) ? "list" : "dict";
}

/** The common type of a list's items, or `mixed`. For an empty list it is `str`, since most lists contain texts. */
function itemsOf(list: readonly Json[]): NonNullable<ContextSummary["items"]> | "str" {
  const types = new Set(list.map(typeOf));
  const [only = "str"] = types;
  return types.size <= 1 && only !== "bytes" ? only : "mixed";
}

/** Begins every character that Python counts as one and JavaScript as two. */
const HIGH_SURROGATE = /[\uD800-\uDBFF]/;

/** The number of characters, as Python counts them, of a text or of a value's JSON. */
function charsOf(value: Json): number {
  const text = typeof value === "string" ? value : jsonOf(value);
  if (!HIGH_SURROGATE.test(text)) return text.length;
  let pairs = 0;
  for (let i = 0; i < text.length - 1; i += 1) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (isPair) pairs += 1;
  }
  return text.length - pairs;
}

function jsonOf(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The only possible reason for a value that is JSON.
    throw new UsageError("context: its JSON is longer than a string can be; bring a text or bytes", {
      cause: error,
    });
  }
}
