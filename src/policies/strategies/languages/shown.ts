/** Reads what a pattern matches in the replies, in as many turns as the limit of an output takes. */
import type { Observation } from "../../../types.ts";
import type { Move } from "../scripted.ts";
import type { StrategyCode } from "./code.ts";

/** How many matches one turn shows; half as many if they are longer than the limit of its output. */
const SHOWN = 300;

/** The distinct texts that the pattern's first group matches. `mark` is a text that each of them holds, and no other output. */
export function* shownReplies(
  code: StrategyCode,
  pattern: string,
  mark: string,
): Generator<Move, string[], Observation> {
  const found: string[] = [];
  let count = SHOWN;
  for (;;) {
    const { results } = yield { code: code.showReplies(pattern, { from: found.length, count }) };
    const [block] = results;
    if (block === undefined) return found;
    if (block.omittedChars > 0 && count > 1) {
      count = Math.ceil(count / 2);
      continue;
    }
    const shown = block.stdout.split("\n").filter((line) => line.includes(mark));
    found.push(...shown);
    if (shown.length < count) return found;
  }
}
