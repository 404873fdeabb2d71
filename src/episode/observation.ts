/** Builds the observation for the policy, and the info for the caller. */
import type { Info } from "./contract.ts";
import type { Episode } from "./episode.ts";
import type { Trajectory } from "../trajectory.ts";
import type { TurnOutcome } from "./turn.ts";
import type { Observation } from "../types.ts";

/** The observation after a turn. `outcome` is null before the first turn. */
export function observe(episode: Episode, outcome: TurnOutcome | null): Observation {
  const { task, context, limits, opening } = episode.facts;
  const turn = episode.turns.length;
  return {
    turn,
    turnsLeft: limits.maxTurns - turn,
    text: outcome?.text ?? opening,
    question: task.question,
    context,
    results: outcome?.results ?? [],
    invalid: outcome?.invalid ?? null,
  };
}

/** The info after a turn. `trajectory` is null while the episode runs. */
export function infoOf(episode: Episode, trajectory: Trajectory | null): Info {
  const totals = episode.totals;
  return {
    taskId: episode.facts.task.id,
    rolloutId: episode.facts.rolloutId,
    stopReason: episode.ending?.stopReason ?? null,
    answer: episode.answer?.text ?? null,
    reward: trajectory?.reward ?? null,
    tokens: totals.promptTokens + totals.completionTokens,
    dollars: totals.nanoDollars === null ? null : totals.nanoDollars / 1e9,
  };
}
