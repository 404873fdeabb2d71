/** What is reported of an episode of BrowseComp besides its score; none of it enters a reward. */
import type { Unrewarded } from "../../src/rewards/reward.ts";
import type { Json, Reference } from "../../src/types.ts";
import { citationsIn, confidenceOf } from "./answer-form.ts";
import { docidsShown } from "./document.ts";
import { verdictIn } from "./judge.ts";

/**
 * All from 0 to 1. Those that BrowseComp-Plus computes have its names (`scripts_evaluation/evaluate_run.py` at 97c637c):
 * - `judged`: 1 if the judge found the answer correct, else 0; absent if no judge was asked. Its mean is the authors' accuracy.
 * - `parse_error`: 1 if the judge's reply holds no verdict, or if there was no answer to judge. Both count as wrong.
 * - `confidence`: the confidence that the judge read in the answer; absent if the judge's reply holds no verdict.
 * - `citation_precision`, `citation_recall`: the docids that the answer names in brackets, compared with the evidence. Absent if
 *   the answer names none, or if the episode did not end with an answer.
 *
 * These are our own:
 * - `stated_confidence`: the confidence that the answer states.
 * - `evidence_cited`: the share of the evidence that the answer names; 0 for an answer that names none.
 * - `evidence_recall`: the share of the evidence whose beginning, with its docid, code printed or sent to a sub-model.
 */
export function browseCompMeasures(trajectory: Unrewarded, reference: Reference): Record<string, number> {
  const text = trajectory.answer?.text ?? "";
  const verdict = verdictIn(trajectory.judgement);
  const stated = confidenceOf(text);
  const evidence = new Set(textsIn(reference.metadata.evidence));
  const areNumbers = [...evidence].every((docid) => /^\d+$/.test(docid));
  const cited = citationsIn(text, areNumbers);
  const hits = cited.filter((docid) => evidence.has(docid)).length;
  const isJudged = trajectory.stopReason === "answered" && text !== "";
  return {
    ...(verdict && { judged: verdict.correct ? 1 : 0, parse_error: verdict.readable ? 0 : 1 }),
    ...(verdict?.readable && verdict.confidence !== null && { confidence: verdict.confidence / 100 }),
    ...(stated !== null && { stated_confidence: stated }),
    ...(evidence.size > 0 && {
      evidence_recall: shareSeen(trajectory, evidence),
      evidence_cited: hits / evidence.size,
      ...(isJudged &&
        cited.length > 0 && {
          citation_recall: hits / evidence.size,
          citation_precision: hits / cited.length,
        }),
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
