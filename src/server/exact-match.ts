/** The score of a task that a client brought itself: whether the answer is the expected one. */
import type { Scorer } from "../types.ts";

/** 1 where the texts are the same but for case and white space around and between words, else 0. */
export const exactMatch: Scorer = (answer, { answers }) =>
  answers.some((expected) => plain(expected) === plain(answer)) ? 1 : 0;

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ");
}
