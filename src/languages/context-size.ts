/** The size of a context in words, for the texts of languages. */
import type { ContextSummary } from "../types.ts";

/** How long a context is, and how many parts it has; without numbers if the text must be the same for any length. */
export function contextSize(
  { type, chars, parts = 0 }: ContextSummary,
  hidesLength = false,
): { readonly size: string; readonly count: string } {
  const unit = type === "bytes" ? "bytes" : "characters";
  return hidesLength
    ? { size: `an untold number of ${unit}`, count: "several" }
    : { size: `${chars.toLocaleString("en-US")} ${unit}`, count: parts.toLocaleString("en-US") };
}
