/** One turn inside the REPL: runs what the completion asked for, and says what came of it. */
import type { Episode } from "./episode/episode.ts";
import { ReplError } from "./errors.ts";
import type { ParsedBlock, ParsedCompletion } from "./parse/parse.ts";
import { observationText } from "./episode/prompt.ts";
import type { AnswerState, Repl } from "./repl/repl.ts";
import type { InfraError } from "./trajectory.ts";
import type { BlockResult } from "./types.ts";

export interface TurnOutcome {
  readonly text: string;
  readonly results: readonly BlockResult[];
  readonly invalid: string | null;
  /** What the machinery did wrong, if it did. */
  readonly error: InfraError | null;
}

interface Place {
  readonly episode: Episode;
  readonly repl: Repl;
  /** Where the REPL's clock is put; undefined where it stays. */
  readonly clockMs?: number | undefined;
}

/**
 * `parsed` is null where the action was the answer itself. Sets the episode's answer where one was given. `onBlock` is told
 * the place among the results of each block before it runs.
 */
export async function takeTurn(
  { episode, repl, clockMs }: Place,
  parsed: ParsedCompletion | null,
  onBlock: (index: number) => void,
): Promise<TurnOutcome> {
  const results: BlockResult[] = [];
  const notes: string[] = [];
  const blocks = parsed === null ? [] : withFinalVariable(parsed);
  let ran = 0;
  try {
    for (const block of blocks) {
      ran += 1;
      if (block.problem !== null) {
        notes.push(block.problem);
        continue;
      }
      onBlock(results.length);
      const result = await runBlock({ episode, repl, clockMs }, block.code);
      results.push(result);
      if (result.outcome !== "ok" || episode.answer !== null) break;
    }
  } catch (error) {
    if (!(error instanceof ReplError)) throw error;
    const text = "The interpreter failed; the episode is over.";
    return { text, results, invalid: null, error: { kind: "repl", message: error.message } };
  }
  if (parsed?.final?.kind === "text") episode.answer = { text: parsed.final.text, source: "final" };
  if (parsed?.note) notes.push(parsed.note);
  if (parsed?.invalid) notes.push(parsed.invalid);
  const skipped = episode.answer === null ? blocks.length - ran : 0;
  const { maxTurns } = episode.facts.limits;
  const text = observationText({ turn: episode.turns.length + 1, maxTurns, results, skipped, notes });
  return { text, results, invalid: parsed?.invalid ?? null, error: null };
}

/** `FINAL_VAR(name)` written as text means the call in code, after the completion's own blocks. */
function withFinalVariable(parsed: ParsedCompletion): readonly ParsedBlock[] {
  if (parsed.final?.kind !== "variable") return parsed.blocks;
  const code = `FINAL_VAR(${parsed.final.argument})`;
  return [...parsed.blocks, { code, toolCallId: null, problem: null }];
}

async function runBlock({ episode, repl, clockMs }: Place, code: string): Promise<BlockResult> {
  const { maxExecSeconds, maxOutputChars } = episode.facts.limits;
  const secondsLeft = Math.max(0.1, episode.secondsLeft);
  const timeoutMs = Math.ceil(Math.min(maxExecSeconds, secondsLeft) * 1000);
  const { block, answer } = await repl.exec(code, {
    timeoutMs,
    maxOutputChars,
    ...(clockMs !== undefined && { clockMs }),
  });
  episode.standing = answer;
  if (answer?.ready) episode.answer = takenFrom(answer);
  return block;
}

function takenFrom(answer: AnswerState) {
  return { text: answer.content, source: answer.source };
}
