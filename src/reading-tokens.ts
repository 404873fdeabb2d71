/** What one reading of a context that somebody brings would take: counted, or told by its beginning where it is long. */
import { countTokens } from "./cost/tokens.ts";
import { expectContext } from "./data/context.ts";
import type { Context } from "./types.ts";

/** Characters that are counted exactly; of a longer text the rest is taken to be like them, so that a beginning stays quick. */
const COUNTED_CHARS = 400_000;

/** Tokens of the context's text; of a list or dict, of its JSON. */
export function readingTokens(context: Context): number {
  expectContext(context);
  if (context instanceof Uint8Array) return scaled(beginningOf(context), context.length);
  const text = typeof context === "string" ? context : JSON.stringify(context);
  return scaled(text.slice(0, COUNTED_CHARS), text.length);
}

function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, COUNTED_CHARS));
}

function scaled(beginning: string, length: number): number {
  const share = beginning.length === 0 ? 1 : length / beginning.length;
  return Math.ceil(countTokens(beginning) * share);
}
