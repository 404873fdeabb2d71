/** The per-step part of a spec: which potentials it names, and what they give to the turns of an episode. */
import { UsageError } from "../errors.ts";
import type { RewardRecord } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import { type EpisodeSoFar, lastPotentialReward, type Potential, potentialRewards } from "./potential.ts";
import type { RewardSpec } from "./spec.ts";

interface Step {
  readonly name: string;
  readonly weight: number;
  readonly potential: Potential;
}

/** @param progress the benchmark's own. Throws `UsageError` if the spec asks for it and there is none. */
export function stepsOf(spec: RewardSpec, progress: Potential | undefined): Step[] {
  return Object.entries(spec.steps).map(([name, step]) => {
    const { weight } = step;
    if (step.type === "custom") {
      if (!step.run) throw new UsageError(`steps.${name}: its file ${step.file ?? ""} was not loaded`);
      return { name, weight, potential: step.run };
    }
    if (!progress)
      throw new UsageError(
        `steps.${name}: the environment has no progress of its own; give a potential of yours (type: custom)`,
      );
    return { name, weight, potential: progress };
  });
}

/** What each turn of an ended episode earned by each potential; undefined without potentials. */
export function stepRewards(
  { gamma }: RewardSpec,
  steps: readonly Step[],
  episode: EpisodeSoFar,
  reference: Reference | undefined,
): RewardRecord["steps"] {
  if (steps.length === 0) return undefined;
  const earned = steps.map(({ name, weight, potential }) => {
    const rewards = potentialRewards(episode, potential, gamma, reference);
    return [name, rewards.map((reward) => weight * reward)] as const;
  });
  return Object.fromEntries(earned);
}

/** What the last turn of an ongoing episode earned. */
export function lastStepReward(
  { gamma }: RewardSpec,
  steps: readonly Step[],
  state: EpisodeSoFar,
  reference: Reference,
): number {
  return steps.reduce(
    (sum, { weight, potential }) => sum + weight * lastPotentialReward(state, potential, gamma, reference),
    0,
  );
}

/** What each turn earned by all potentials together, in the order of the turns. */
export function perTurn({ steps }: RewardRecord, turns: number): number[] {
  const columns = Object.values(steps ?? {});
  return Array.from({ length: turns }, (_, turn) =>
    columns.reduce((sum, column) => sum + (column[turn] ?? 0), 0),
  );
}
