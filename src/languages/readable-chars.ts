/** How much text a policy is told to put into one prompt of a sub-call. */
import type { PromptFacts } from "./wording.ts";

/** The characters of a prompt for a sub-model whose window is unknown. */
const CHARS = 100_000;
/** A low estimate of characters per token of prose, so that a prompt leaves room in the window. */
const CHARS_PER_TOKEN = 3;

/** The most characters of one prompt of a sub-call, rounded down. */
export function readableChars({ subModel }: Pick<PromptFacts, "subModel">): number {
  const tokens = subModel?.windowTokens;
  if (tokens === undefined) return CHARS;
  const chars = tokens * CHARS_PER_TOKEN;
  const unit = chars >= 20_000 ? 10_000 : 1000;
  return Math.max(unit, Math.floor(chars / unit) * unit);
}
