/** What makes an official scorer safe as a training reward. */
import type { Reference, Scorer } from "../src/types.ts";

/**
 * The scorer, but 0 for an answer of more characters than `maxChars` allows its reference. Scorers that look for the
 * gold inside the answer would otherwise teach a policy to hand over the context.
 */
export function capped(scorer: Scorer, maxChars: (reference: Reference) => number): Scorer {
  return (answer, reference) => (answer.length > maxChars(reference) ? 0 : scorer(answer, reference));
}
