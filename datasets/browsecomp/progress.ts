/** Measures how far a search has come, for the per-step rewards of BrowseComp and its kin. */
import type { Potential } from "../../src/rewards/potential.ts";
import { readShare, shownIn } from "../../src/rewards/progress.ts";

/** A document's name as a context shows it, in either layout. */
const NAMES = /^(?:docid|title): (.+)$/gm;

/** The share of the evidence whose beginning code printed or sent to a sub-model; without known evidence, the share of the context read. */
export const evidenceSeen: Potential = (state, reference) => {
  const named = reference?.metadata.evidence;
  const evidence = Array.isArray(named) ? [...new Set(named.map(String))] : [];
  if (evidence.length === 0) return readShare(state, reference);
  const seen = new Set<string>();
  for (const text of shownIn(state)) for (const [, name = ""] of text.matchAll(NAMES)) seen.add(name.trim());
  return evidence.filter((name) => seen.has(name)).length / evidence.length;
};
