/** What can be said of a context without showing it: its type, its lengths, and its content address. */
import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { DataError } from "../errors.ts";
import { sum } from "../statistics.ts";
import type { Context, ContextSummary, JsonObject } from "../types.ts";

/** The bytes a context is stored and addressed by: a text's or bytes' own, the JSON of a list or dict. */
export function contextBytes(context: Context): Uint8Array {
  if (context instanceof Uint8Array) return context;
  return Buffer.from(typeof context === "string" ? context : JSON.stringify(context), "utf8");
}

export function summariseContext(context: Context): ContextSummary {
  const sha256 = createHash("sha256").update(contextBytes(context)).digest("hex");
  if (typeof context === "string") return { type: "str", chars: codePoints(context), sha256 };
  if (context instanceof Uint8Array) return { type: "bytes", chars: context.length, sha256 };
  if (isList(context)) {
    return { type: "list", chars: sum(context.map(codePoints)), parts: context.length, sha256 };
  }
  const values = Object.values(context);
  const texts = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return { type: "dict", chars: sum(texts.map(codePoints)), parts: values.length, sha256 };
}

/** The inverse of `contextBytes`. */
export function contextFromBytes(type: ContextSummary["type"], bytes: Uint8Array): Context {
  if (type === "bytes") return bytes;
  if (!isUtf8(bytes)) throw new DataError(`context of type ${type}: expected UTF-8`);
  const text = Buffer.from(bytes).toString("utf8");
  if (type === "str") return text;
  const value = jsonIn(text, type);
  const isStrings = Array.isArray(value) && value.every((part) => typeof part === "string");
  if (type === "list" ? isStrings : !Array.isArray(value) && typeof value === "object" && value !== null)
    return value as readonly string[] | JsonObject;
  throw new DataError(`context of type ${type}: expected the JSON of ${SHAPES[type]}`);
}

const SHAPES = { list: "a list of texts", dict: "an object" };

function jsonIn(text: string, type: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`context of type ${type}: expected JSON`, { cause: error });
  }
}

function isList(context: readonly string[] | JsonObject): context is readonly string[] {
  return Array.isArray(context);
}

/** Characters as Python counts them. */
function codePoints(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i += 1) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) pairs += 1;
  return text.length - pairs;
}
