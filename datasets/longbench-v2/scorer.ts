/** The scores of LongBench-v2's questions with four choices. */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { LETTERS } from "./letters.ts";

/** The official score: the letter in "The correct answer is (A)", with or without brackets. */
export const officialScore: Scorer = (answer, { answers: [gold = ""] }) =>
  Number(readSentence(answer) === gold);

/** Also accepts a letter on its own, and choices numbered 0 to 3, as in the RLM paper. */
export const lenientScore: Scorer = (answer, { answers: [gold = ""] }) =>
  Number((readSentence(answer) ?? readAlone(answer)) === gold);

/** `lenientScore` for training: 0 for a long answer, which could be anything that ends well. */
export const trainingScore: Scorer = capped(lenientScore, () => 400);

/** An answer that the official scorer reads as the reference's gold. */
export function goldAnswer({ answers: [gold = ""] }: Reference): string {
  return `The correct answer is (${gold})`;
}

function readSentence(answer: string): string | null {
  const plain = answer.replaceAll("*", "");
  const bracketed = /The correct answer is \(([A-D])\)/.exec(plain);
  return (bracketed ?? /The correct answer is ([A-D])/.exec(plain))?.[1] ?? null;
}

function readAlone(answer: string): string | null {
  const alone = /^\(?([A-D0-3])\)?\.?$/.exec(answer.replaceAll("*", "").trim())?.[1];
  return alone === undefined ? null : (LETTERS[Number(alone)] ?? alone);
}
