/** Moves the policy's old turns out of its conversation, into variables of its REPL. */
import { ReplError, UsageError } from "../../errors.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import type { OldTurn } from "../../languages/old-turns.ts";
import type { Repl } from "../../repl/repl.ts";
import type { Turn } from "../../trajectory.ts";
import type { HistoryOptions } from "../../types.ts";
import type { Episode } from "../episode.ts";

/** Throws `UsageError` if old turns are to go into variables of a language that cannot keep them. */
export function expectOldTurns({ mode }: HistoryOptions, { title, oldTurns }: ReplLanguage): void {
  if (mode === "offload" && !oldTurns)
    throw new UsageError(
      `history: offload: ${title} does not keep old turns in variables; expected off, drop or summarise`,
    );
}

/** The most characters of turns that one block brings, but for a single turn that is longer. */
const CHARS_AT_ONCE = 2 ** 20;

/**
 * Moves all turns but the last `kept`, and returns what stands in their place. If code has changed the variable so that nothing can
 * be added to it, it is made anew from the record. Null if it could not be made either, for example for want of memory.
 */
export async function moveOldTurns(
  { episode, repl }: { readonly episode: Episode; readonly repl: Repl | null },
  kept: number,
): Promise<string | null> {
  const { turns, facts } = episode;
  if (repl === null) return null;
  if (turns.at(-1)?.results.some(({ stateKept }) => !stateKept)) episode.turnsInRepl = 0;
  const until = turns.length - kept;
  let isMoved = await add(episode, repl, until);
  if (!isMoved) {
    episode.turnsInRepl = 0;
    isMoved = await add(episode, repl, until);
  }
  return isMoved ? (facts.oldTurns ?? null) : null;
}

/** Adds the turns that the variable lacks. False if it failed, or if the episode's time is over. */
async function add(episode: Episode, repl: Repl, until: number): Promise<boolean> {
  const { facts, lineage, turns } = episode;
  const { maxExecSeconds, maxOutputChars } = facts.limits;
  while (episode.turnsInRepl < until) {
    if (episode.deadline.aborted) return false;
    const held = episode.turnsInRepl;
    const next = upTo(CHARS_AT_ONCE, turns.slice(held, until).map(oldTurnOf));
    const timeoutMs = Math.ceil(Math.min(maxExecSeconds, Math.max(0.1, episode.secondsLeft)) * 1000);
    const { cancelled } = lineage;
    try {
      const { block } = await repl.exec(facts.language.oldTurns!.keep(next, held), {
        timeoutMs,
        maxOutputChars,
        ...(cancelled && { signal: cancelled }),
      });
      if (block.outcome !== "ok") return false;
    } catch (error) {
      // The next block of the policy meets the same interpreter, and says so.
      if (error instanceof ReplError) return false;
      throw error;
    }
    episode.turnsInRepl += next.length;
  }
  return true;
}

/** The first of the turns that have so many characters together, and at least one. */
function upTo(chars: number, turns: readonly OldTurn[]): readonly OldTurn[] {
  let [count, size] = [0, 0];
  for (const { said, saw } of turns) {
    size += said.length + saw.length;
    if (count > 0 && size > chars) break;
    count += 1;
  }
  return turns.slice(0, count);
}

/** What a policy wrote: prose and code of the dialect `repl`, or prose and the arguments of native calls. */
function oldTurnOf({ completion, observation }: Turn): OldTurn {
  const { text, toolCalls } = completion;
  return {
    said: [text, ...toolCalls.map((call) => call.arguments)].filter((part) => part !== "").join("\n"),
    saw: observation,
  };
}
