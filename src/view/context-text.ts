/** A stored context as one text, with the way from its characters to the bytes of the store. */
import { TextFile } from "../text-file.ts";
import { createHash } from "node:crypto";
import { encodeWtf8 } from "../data/wtf8.ts";
import type { Range } from "../metrics/text-index.ts";
import type { Context, Json, JsonObject } from "../types.ts";

/** Between the texts of a list or dict, as code usually joins them. */
const SEPARATOR = "\n\n";
/** Characters between two known byte positions. */
const STEP = 4096;

/** Where a stretch stands: in the text itself, or in one text of a list or dict. */
export interface Place {
  /** The index or keys of the text in a list or dict, such as `3` or `pages.0`; null for a context that is one text. */
  readonly part: string | null;
  /** Bytes of UTF-8 in that text, from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** Of these bytes, in hex. */
  readonly sha256: string;
}

interface Part {
  readonly label: string | null;
  readonly text: string;
  /** Where it begins in the joined text, in characters. */
  readonly at: number;
}

/** The texts of a context joined by blank lines. */
export class ContextText {
  readonly text: string;
  readonly #parts: readonly Part[];
  readonly #steps = new Map<Part, number[]>();

  private constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.text = parts.length === 1 ? parts[0]!.text : parts.map(({ text }) => text).join(SEPARATOR);
  }

  /** Null for bytes, which are no text, and for files, which may be too long. */
  static of(context: Context): ContextText | null {
    if (context instanceof Uint8Array || context instanceof TextFile) return null;
    const parts: Part[] = [];
    let at = 0;
    for (const { label, text } of textsOf(context, null)) {
      parts.push({ label, text, at });
      at += text.length + SEPARATOR.length;
    }
    return new ContextText(parts);
  }

  /** The places of a stretch of the joined text: one, or one in each text of a list that it touches. */
  placesOf({ start, end }: Range): Place[] {
    const places: Place[] = [];
    for (let i = this.#partAt(start); i < this.#parts.length; i += 1) {
      const part = this.#parts[i]!;
      if (part.at >= end) break;
      const from = Math.max(0, start - part.at);
      const to = Math.min(part.text.length, end - part.at);
      if (from >= to) continue;
      const sha256 = createHash("sha256")
        .update(encodeWtf8(part.text.slice(from, to)))
        .digest("hex");
      places.push({ part: part.label, start: this.#byteOf(part, from), end: this.#byteOf(part, to), sha256 });
    }
    return places;
  }

  /** The last part that begins at or before a position. */
  #partAt(position: number): number {
    let [low, high] = [0, this.#parts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#parts[middle]!.at <= position) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  #byteOf(part: Part, char: number): number {
    const steps = this.#steps.get(part) ?? [0];
    this.#steps.set(part, steps);
    const step = Math.floor(char / STEP);
    while (steps.length <= step) {
      const from = (steps.length - 1) * STEP;
      steps.push(steps.at(-1)! + utf8Length(part.text, from, from + STEP));
    }
    return steps[step]! + utf8Length(part.text, step * STEP, char);
  }
}

/** Bytes of UTF-8 that the characters add; the second half of a pair adds nothing, and the first one four. */
function utf8Length(text: string, from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xdc00 && unit <= 0xdfff && isHigh(text.charCodeAt(i - 1))) bytes += 1;
    else bytes += 3;
  }
  return bytes;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function* textsOf(value: Json, label: string | null): Generator<{ label: string | null; text: string }> {
  if (typeof value === "string") yield { label, text: value };
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries<Json>(value as JsonObject))
      yield* textsOf(item, label === null ? key : `${label}.${key}`);
}
