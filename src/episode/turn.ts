/** One turn of an episode: the action is read and paid for, its code runs, and the record has what came of it. */
import { ReplError } from "../errors.ts";
import { countAhead, isLongToCount } from "../cost/tokens.ts";
import type { ParsedBlock, ParsedCompletion } from "../parse/parse.ts";
import type { AnswerState, Repl } from "../repl/repl.ts";
import type { InfraError } from "../trajectory.ts";
import type { Action, BlockResult, Dialect } from "../types.ts";
import { readAction } from "./action.ts";
import type { Episode } from "./episode.ts";
import { observationText } from "./prompt.ts";
import type { RunningEpisode } from "./running.ts";

export interface TurnPlace {
  readonly repl: Repl;
  readonly dialect: Dialect;
  /** What the host's clock says as the turn begins; undefined where the episode has a clock of its own. */
  readonly clockMs: number | undefined;
}

/** Throws `UsageError` for what is no action; nothing has happened then. */
export async function playTurn(
  running: RunningEpisode,
  action: Action,
  { repl, dialect, clockMs }: TurnPlace,
): Promise<TurnOutcome> {
  const { episode, subCalls } = running;
  const { conversation, ledger, lineage, turns } = episode;
  const started = performance.now();
  const long = writtenIn(action).filter(isLongToCount);
  if (long.length > 0) await countAhead(...long);
  const { completion, call, parsed } = readAction(
    action,
    dialect,
    conversation.messages,
    episode.thinkingSeconds,
  );
  subCalls.turn = turns.length;
  const reserved = running.unreserve();
  const made = call && { ...call, depth: lineage.depth, turn: subCalls.turn };
  const recorded = made && ledger.add(made, reserved);
  episode.policyTrace = recorded?.tokens?.traceId ?? null;
  if (parsed === null) episode.answer = { text: completion.text, source: "action" };
  const outcome = await takeTurn({ episode, repl, clockMs }, parsed, (index) => {
    subCalls.block = index;
  });
  episode.addTurn({
    index: subCalls.turn,
    completion,
    callId: recorded?.id ?? null,
    results: outcome.results,
    observation: outcome.text,
    segment: conversation.segment,
    standing: episode.standingText,
    reward: 0,
    wallClock: { seconds: (performance.now() - started) / 1000 },
  });
  conversation.append(completion, outcome.text);
  return outcome;
}

/** The texts of an action that count as the policy's own; empty for what is none. */
function writtenIn(action: Action): string[] {
  if (typeof action === "string") return [action];
  if (!("text" in action) || typeof action.text !== "string") return [];
  return [action.text, ...(action.toolCalls ?? []).map((call) => call.arguments)].filter(
    (text) => typeof text === "string",
  );
}

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
async function takeTurn(
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
