/**
 * RULER's scorers over all of its tasks (NVIDIA/RULER, Apache-2.0: `eval/synthetic/constants.py`): `string_match_part` for
 * questions over documents, `string_match_all` for all others.
 */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { stringMatchAll, stringMatchPart, trainingScore as needlesScore } from "../s-niah/scorer.ts";

/** What the answer to a task is; it stands in the reference's metadata as `kind`. */
export type AnswerKind = "needles" | "words" | "part";

/** The share of the gold texts in the answer; for questions over documents, 1 if one of them is in it. */
export const officialScore: Scorer = (answer, reference) =>
  kindOf(reference) === "part" ? stringMatchPart(answer, reference) : stringMatchAll(answer, reference);

/**
 * `officialScore` for training: 0 for an answer longer than its form needs. Lists of words leave the least room, since whoever
 * may list many words need not know which are meant.
 */
export const trainingScore: Scorer = (answer, reference) =>
  kindOf(reference) === "needles"
    ? needlesScore(answer, reference)
    : capped(officialScore, mostChars)(answer, reference);

/** A few words before a list. */
const LIST_CHARS = 45;
/** A number, a mark and a space around each word of a list. */
const ITEM_CHARS = 6;
/** Some words around the longest of the accepted answers. */
const PART_CHARS = 80;

function mostChars(reference: Reference): number {
  const lengths = reference.answers.map(({ length }) => length);
  return kindOf(reference) === "part"
    ? PART_CHARS + Math.max(0, ...lengths)
    : LIST_CHARS + lengths.reduce((sum, length) => sum + length + ITEM_CHARS, 0);
}

function kindOf({ metadata }: Reference): AnswerKind {
  const { kind } = metadata;
  return kind === "words" || kind === "part" ? kind : "needles";
}
