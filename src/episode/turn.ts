/** One turn of an episode: the action is read and paid for, its code runs, and the record has what came of it. */
import { readAction } from "./action.ts";
import type { Live } from "./running.ts";
import type { Repl } from "../repl/repl.ts";
import { takeTurn, type TurnOutcome } from "../turn.ts";
import type { Action, Dialect } from "../types.ts";

export interface TurnPlace {
  readonly repl: Repl;
  readonly dialect: Dialect;
  /** What the host's clock says as the turn begins; undefined where the episode has a clock of its own. */
  readonly clockMs: number | undefined;
}

/** Throws `UsageError` for what is no action; nothing has happened then. */
export async function playTurn(
  live: Live,
  action: Action,
  { repl, dialect, clockMs }: TurnPlace,
): Promise<TurnOutcome> {
  const { episode, subCalls } = live;
  const { conversation, ledger, lineage, turns } = episode;
  const started = performance.now();
  const { completion, call, parsed } = readAction(
    action,
    dialect,
    conversation.messages,
    episode.thinkingSeconds,
  );
  subCalls.turn = turns.length;
  const reserved = live.unreserve();
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
