/** Measures what a policy does after it has a right answer: the habit that costs most and gains nothing. */
import type { Trajectory, Turn, AfterRight } from "../trajectory.ts";

/** Code that sets the answer: through the dict's content, the dict itself, or one of the functions. */
const GIVES_ANSWER =
  /\banswer\s*(?:\[\s*["']content["']\s*\]\s*=(?!=)|=(?!=)|\.update\s*\()|\bFINAL(?:_VAR)?\s*\(/;

/** `isRight` is asked once for each distinct standing answer, in order. */
export function afterRight(
  { turns, stopReason }: Pick<Trajectory, "turns" | "stopReason">,
  isRight: (answer: string) => boolean,
): AfterRight {
  const known = new Map<string, boolean>();
  const stoodRight = turns.findIndex(({ standing }) => {
    if (standing === null) return false;
    if (!known.has(standing)) known.set(standing, isRight(standing));
    return known.get(standing);
  });
  const later = stoodRight === -1 ? [] : turns.slice(stoodRight + 1);
  const last = turns.at(-1);
  const given = later.filter((turn) => givesAnswer(turn) || (turn === last && stopReason === "answered"));
  return { turns: later.length, answers: given.length };
}

function givesAnswer(turn: Turn): boolean {
  return turn.results.some((block) => GIVES_ANSWER.test(block.code));
}
