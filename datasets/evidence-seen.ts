/** How much of the documents that an answer rests on was shown: printed by code, or sent to a sub-model. */
import type { Potential } from "../src/rewards/potential.ts";
import { readShare, shownIn } from "../src/rewards/progress.ts";
import type { Reference } from "../src/types.ts";

/** The names of the documents that a reference's answer rests on, each once; none if it does not say. */
export function evidenceOf(reference: Reference | null | undefined): readonly string[] {
  const named = reference?.metadata.evidence;
  return Array.isArray(named) ? [...new Set(named.map(String))] : [];
}

/** The share of the named documents whose beginning one of the texts shows. `names`: finds their names, as its first group. */
export function shareShown(texts: readonly string[], evidence: readonly string[], names: RegExp): number {
  const seen = new Set<string>();
  for (const text of texts) for (const [, name = ""] of text.matchAll(names)) seen.add(name.trim());
  return evidence.filter((name) => seen.has(name)).length / evidence.length;
}

/** The progress of a search: the share of the evidence that was shown; without known evidence, the share of the context read. */
export function evidenceSeenBy(names: RegExp): Potential {
  return (state, reference) => {
    const evidence = evidenceOf(reference);
    return evidence.length === 0 ? readShare(state, reference) : shareShown(shownIn(state), evidence, names);
  };
}
