/**
 * The scores of MRCR: how alike the reply and the gold are by Python's difflib, if the reply has the string that it was told to
 * begin with. Version 1 is the one of openai/mrcr's data card, version 2 `mrcr_v2_metric` of google-deepmind/eval_hub.
 */
import { DataError } from "../../src/errors.ts";
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip } from "../python-text.ts";
import { sequenceRatio } from "./sequence-ratio.ts";

/** The characters of version 2's string. */
const HASH_CHARS = 12;
/** What an answer may hold besides the gold's characters. */
const ROOM_CHARS = 400;

/** The official score of the reference's version; 0 for texts whose comparison takes too many steps. */
export const officialScore: Scorer = (answer, reference) => {
  const { version, prefix } = reference.metadata;
  const [gold = ""] = reference.answers;
  if (version === 2) return secondScore(answer, gold);
  if (typeof prefix !== "string")
    throw new DataError(`reference ${reference.taskId}: expected the text "prefix" in its metadata`);
  return firstScore(answer, gold, prefix);
};

/** The score of version 2 for both versions: the string may stand after other words. */
export const lenientScore: Scorer = (answer, reference) => {
  const { version, prefix } = reference.metadata;
  const [gold = ""] = reference.answers;
  return version === 2 || typeof prefix !== "string"
    ? secondScore(answer, gold)
    : afterLast(answer, prefix, gold.slice(prefix.length));
};

/** `officialScore` for training: 0 for an answer longer than twice the gold. */
export const trainingScore: Scorer = capped(officialScore, mostChars);

function mostChars({ answers: [gold = ""] }: Reference): number {
  return 2 * gold.length + ROOM_CHARS;
}

function firstScore(answer: string, gold: string, prefix: string): number {
  if (!answer.startsWith(prefix)) return 0;
  const wanted = gold.startsWith(prefix) ? gold.slice(prefix.length) : gold;
  return sequenceRatio(answer.slice(prefix.length), wanted) ?? 0;
}

function secondScore(answer: string, gold: string): number {
  const target = Array.from(strip(gold));
  if (answer === "" || target.length < HASH_CHARS) return 0;
  return afterLast(answer, target.slice(0, HASH_CHARS).join(""), target.slice(HASH_CHARS).join(""));
}

function afterLast(answer: string, hash: string, gold: string): number {
  const stripped = strip(answer);
  const at = stripped.lastIndexOf(hash);
  return at < 0 ? 0 : (sequenceRatio(strip(gold), strip(stripped.slice(at + hash.length))) ?? 0);
}
