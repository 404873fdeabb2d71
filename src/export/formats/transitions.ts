/** The format `transitions`: the input of an offline RL algorithm, one row per turn. */
import { z } from "zod";
import type { Trajectory } from "../../trajectory.ts";
import { type Exporter, rowsOfEach, withKeys } from "../exporter.ts";
import { BOOL, DOUBLE, INT, TEXT } from "../columns.ts";

export interface Transition {
  readonly rollout_id: string;
  readonly step: number;
  readonly observation: string;
  readonly action: string;
  /** The reward of the episode on its last turn, and 0 before. */
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly next_observation: string;
}

export const transitions: Exporter = {
  name: "transitions",
  describe: "observation, action, reward, terminated, truncated, next observation, for offline RL",
  output: "rows",
  columns: [
    ["rollout_id", TEXT],
    ["step", INT],
    ["observation", TEXT],
    ["action", TEXT],
    ["reward", DOUBLE],
    ["terminated", BOOL],
    ["truncated", BOOL],
    ["next_observation", TEXT],
  ],
  metadata: "rollout",
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  recognises: withKeys("observation", "action", "next_observation"),
  row: z.strictObject({
    rollout_id: z.string(),
    step: z.number().int().nonnegative(),
    observation: z.string(),
    action: z.string(),
    reward: z.number(),
    terminated: z.boolean(),
    truncated: z.boolean(),
    next_observation: z.string(),
  }),
  rows: rowsOfEach(({ trajectory }) => {
    if (trajectory.reward === null) return { leftOut: "no reward" };
    if (trajectory.turns.length === 0) return { leftOut: "no turns" };
    return { rows: transitionsOf(trajectory).map((row) => ({ ...row })) };
  }),
};

/** The action contains a native call as its JSON text, after the words. */
export function transitionsOf(trajectory: Trajectory): Transition[] {
  const { rolloutId, turns, opening, reward, stopReason } = trajectory;
  return turns.map(({ index, completion, observation }) => {
    const isLast = index === turns.length - 1;
    const { text, toolCalls } = completion;
    return {
      rollout_id: rolloutId,
      step: index,
      observation: turns[index - 1]?.observation ?? opening,
      action: [text, ...toolCalls.map((call) => call.arguments)].filter((part) => part !== "").join("\n"),
      reward: isLast ? (reward?.total ?? 0) : 0,
      terminated: isLast && stopReason === "answered",
      truncated: isLast && stopReason !== "answered",
      next_observation: observation,
    };
  });
}
