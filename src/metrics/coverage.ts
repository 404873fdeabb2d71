/** Measures how much of a context a model has seen: what code printed, and what it sent to sub-models. */
import { TextFile } from "../text-file.ts";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Context, Json } from "../types.ts";
import { allOf, type Range, TextIndex } from "./text-index.ts";

/** The host does not read longer contexts, so how much of them was seen is unknown. */
const MAX_CHARS = 64 * 1024 * 1024;

/** Between the texts of a list or dict, as code usually joins them; gaps of this length do not count as gaps. */
const SEPARATOR = "\n\n";

/**
 * The share of the context, from 0 to 1, that occurs in the texts; a stretch counts from 63 characters on, if it occurs
 * word for word. A list or dict counts as its texts, joined by blank lines. Null for bytes, and for texts over 64 Mi characters.
 */
export function coverage(context: Context, seen: readonly string[]): number | null {
  return allOf(stepsOf(context, seen));
}

/** The same in turns of the event loop: a policy decides how long the texts are. */
export async function coverageInTurns(context: Context, seen: readonly string[]): Promise<number | null> {
  const steps = stepsOf(context, seen);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await nextTurn();
  }
}

function* stepsOf(context: Context, seen: readonly string[]): Generator<undefined, number | null> {
  if (context instanceof Uint8Array || context instanceof TextFile) return null;
  const texts = textsOf(context);
  if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_CHARS) return null;
  const text = texts.join(SEPARATOR);
  if (text === "") return 0;
  const index = yield* TextIndex.inSteps(text);
  const found: Range[] = [];
  for (const other of seen) for (const range of yield* index.findInSteps(other)) found.push(range);
  const ranges = merge(found);
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0) / text.length;
}

/** The ranges in order, with overlapping and adjacent ones merged. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end + SEPARATOR.length)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const items: readonly Json[] = Object.values(value);
  return items.flatMap(textsOf);
}
