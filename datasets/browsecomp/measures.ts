/** What is reported of an episode of BrowseComp besides its score; none of it enters a reward. */
import type { Unrewarded } from "../../src/rewards/reward.ts";
import type { Json, Reference } from "../../src/types.ts";
import { citationsIn, confidenceOf } from "./answer-form.ts";
import { docidsShown } from "./document.ts";
import { verdictIn } from "./judge.ts";

/**
 * All values lie between 0 and 1. `judged`: 1 if a judge found the answer correct; present only if a judge was asked. `confidence`:
 * as the judge read it, or as the answer states it. `evidence_recall`: the share of the evidence documents whose beginning, with
 * the docid, code printed or sent to a sub-model. `citation_precision` and `citation_recall`: the docids that the answer names in
 * square brackets, compared with the evidence; the precision is present only if the answer names any.
 */
export function browseCompMeasures(trajectory: Unrewarded, reference: Reference): Record<string, number> {
  const text = trajectory.answer?.text ?? "";
  const verdict = verdictIn(trajectory.judgement);
  const confidence = verdict?.confidence == null ? confidenceOf(text) : verdict.confidence / 100;
  const evidence = new Set(textsIn(reference.metadata.evidence));
  const areNumbers = [...evidence].every((docid) => /^\d+$/.test(docid));
  const cited = citationsIn(text, areNumbers);
  const hits = cited.filter((docid) => evidence.has(docid)).length;
  return {
    ...(verdict && { judged: verdict.correct ? 1 : 0 }),
    ...(confidence !== null && { confidence }),
    ...(evidence.size > 0 && {
      evidence_recall: shareSeen(trajectory, evidence),
      citation_recall: hits / evidence.size,
      ...(cited.length > 0 && { citation_precision: hits / cited.length }),
    }),
  };
}

function shareSeen({ turns, calls, children }: Unrewarded, evidence: ReadonlySet<string>): number {
  const shown = shownOf.get(turns) ?? docidsOf({ turns, calls, children });
  shownOf.set(turns, shown);
  return [...evidence].filter((docid) => shown.has(docid)).length / evidence.size;
}

/** Caches the docids shown, because an ended episode is asked about once for each answer that it held. */
const shownOf = new WeakMap<object, ReadonlySet<string>>();

type Told = Pick<Unrewarded, "turns" | "calls" | "children">;

function docidsOf(episode: Told): ReadonlySet<string> {
  const shown = new Set<string>();
  const look = (text: string | null) => {
    for (const docid of docidsShown(text ?? "")) shown.add(docid);
  };
  const walk = ({ turns, calls, children }: Told): void => {
    for (const { results } of turns) for (const { stdout, value } of results) [stdout, value].forEach(look);
    for (const { prompt, purpose } of calls) if (purpose !== "judge") look(prompt);
    children.forEach(walk);
  };
  walk(episode);
  return shown;
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
