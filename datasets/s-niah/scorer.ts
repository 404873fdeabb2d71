/** RULER's scorers (NVIDIA/RULER, Apache-2.0: `eval/synthetic/constants.py`, `eval/evaluate.py`), scaled to [0, 1]. */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip } from "../python-text.ts";

/** `string_match_all`: the share of the references that the answer contains, in any case. The needle tasks' scorer. */
export const stringMatchAll: Scorer = (answer, { answers }) =>
  answers.length === 0 ? 0 : found(answer, answers).length / answers.length;

/** `string_match_part`: 1 if the answer contains any reference. RULER's scorer for question answering. */
export const stringMatchPart: Scorer = (answer, { answers }) => (found(answer, answers).length > 0 ? 1 : 0);

/** `stringMatchAll` for training: 0 for an answer longer than the gold and one sentence around it. */
export const trainingScore: Scorer = capped(stringMatchAll, maxAnswerChars);

/** Room for a sentence that repeats four keys. */
const SENTENCE_CHARS = 250;

function maxAnswerChars({ answers }: Reference): number {
  return SENTENCE_CHARS + answers.reduce((sum, answer) => sum + answer.length + 2, 0);
}

function found(answer: string, references: readonly string[]): string[] {
  const text = postprocess(answer).toLowerCase();
  return references.filter((reference) => text.includes(reference.toLowerCase()));
}

// oxlint-disable-next-line no-control-regex -- the official pattern, of runs since those of millions take long one by one
const CONTROL = /[\x00-\x1f]+/g;

/** Strips, and turns control characters into line feeds. */
function postprocess(answer: string): string {
  return strip(strip(answer).replace(CONTROL, ({ length }) => "\n".repeat(length)));
}
