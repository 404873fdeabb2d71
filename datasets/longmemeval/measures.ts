/** What is reported of an episode of LongMemEval besides its score; none of it enters a reward. */
import type { Unrewarded } from "../../src/rewards/reward.ts";
import { shownIn } from "../../src/rewards/progress.ts";
import type { Reference } from "../../src/types.ts";
import { evidenceOf, shareShown } from "../evidence-seen.ts";
import { verdictIn } from "./judge.ts";
import { TYPES } from "./load.ts";
import { SESSION_NAMES } from "./wording.ts";

/**
 * All from 0 to 1:
 * - `judged`: 1 if the judge found the answer right, else 0; absent if no judge was asked. Its mean is the authors' accuracy.
 *   `judged_` with a type is the same for questions of that type, `judged_abstention` for those that the chats do not answer: their
 *   means are the authors' accuracies by task, and a question that the chats do not answer counts for its type, too.
 * - `parse_error`: 1 if the judge's reply says neither yes nor no, or if there was no answer to judge.
 * - `evidence_recall`: the share of the sessions with the answer whose beginning code printed or sent to a sub-model.
 */
export function longMemEvalMeasures(trajectory: Unrewarded, reference: Reference): Record<string, number> {
  const verdict = verdictIn(trajectory.judgement);
  const evidence = evidenceOf(reference);
  const judged = Number(verdict?.correct ?? false);
  const kinds = [...TYPES, "abstention"].filter((kind) => reference.metadata[kind] === true);
  return {
    ...(verdict && {
      judged,
      ...Object.fromEntries(kinds.map((kind) => [`judged_${kind}`, judged])),
      parse_error: verdict.readable ? 0 : 1,
    }),
    ...(evidence.length > 0 && { evidence_recall: shareShown(shownIn(trajectory), evidence, SESSION_NAMES) }),
  };
}
