/** The score of LongCoT: 1 if its verifier accepts the answer, else 0. */
import type { Json, Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { type Puzzle, solves } from "./verify.ts";
import { solutionLine } from "./wording.ts";

/** What an answer may hold besides the solution. */
const ROOM_CHARS = 400;
/** What the solution of a puzzle may need whose solutions are not known. */
const UNKNOWN_CHARS = 20_000;

/** The reference of a puzzle. `solution`: a right one, null where none is known. */
export function referenceOf(
  taskId: string,
  { template, problem, answer }: Puzzle,
  solution: string | null,
): Reference {
  return {
    taskId,
    answers: solution === null ? [] : [solution],
    metadata: { template, problem, answer },
  };
}

/** The verdict of LongCoT's own code. */
export const official: Scorer = (answer, reference) => Number(solves(answer, puzzleOf(reference)));

/** The same, but "solution =" may be left out. */
export const lenient: Scorer = (answer, reference) =>
  Math.max(official(answer, reference), official(solutionLine(answer), reference));

/** The same for training: 0 for an answer of much more than a known solution. */
export const training: Scorer = capped(official, ({ answers: [solution] }) =>
  solution === undefined ? UNKNOWN_CHARS : ROOM_CHARS + 2 * solution.length,
);

/** A reference may be another one's, or a sentinel: it has no template then, and no answer is right. */
function puzzleOf({ metadata: { template, problem, answer } }: Reference): Puzzle {
  return {
    template: typeof template === "string" ? template : "",
    problem: (problem ?? {}) as Readonly<Record<string, Json>>,
    answer: answer ?? null,
  };
}
