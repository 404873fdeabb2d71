/** Per-step rewards by potentials, which speed up learning without changing which policy is best. */
import { DataError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";

/** The state of an episode: its beginning, and what was done and said up to a turn. */
export type EpisodeSoFar = Pick<
  Trajectory,
  | "rolloutId"
  | "groupId"
  | "environment"
  | "policy"
  | "seed"
  | "depth"
  | "task"
  | "limits"
  | "opening"
  | "turns"
  | "calls"
  | "toolCalls"
  | "children"
>;

/** How promising a state is. A pure function: the same state always has the same value. */
export type Potential = (state: EpisodeSoFar, reference: Reference | undefined) => number;

/** The state after this many turns; 0 turns is the state after reset. It contains nothing from later turns or a judge. */
export function stateAfter(episode: EpisodeSoFar, turns: number): EpisodeSoFar {
  const { rolloutId, groupId, environment, policy, seed, depth, task, limits, opening } = episode;
  return {
    rolloutId,
    groupId,
    environment,
    policy,
    seed,
    depth,
    task,
    limits,
    opening,
    turns: episode.turns.slice(0, turns),
    calls: episode.calls.filter(({ turn, purpose }) => turn < turns && purpose !== "judge"),
    toolCalls: episode.toolCalls.filter(({ turn }) => turn < turns),
    children: episode.children.filter(({ parent }) => (parent?.turn ?? 0) < turns),
  };
}

/**
 * `F = γ·Φ(s′) − Φ(s)` for each turn, with Φ = 0 at the end of the episode (Ng, Harada & Russell 1999): the sum of `γ^t·F_t`
 * telescopes to `−Φ(s₀)`, whatever the policy did. Throws `UsageError` for γ outside 0 to 1, `DataError` for a potential that is not a number.
 */
export function potentialRewards(
  episode: EpisodeSoFar,
  potential: Potential,
  gamma = 1,
  reference?: Reference,
): number[] {
  expectGamma(gamma);
  const { turns } = episode;
  const at = (count: number) =>
    count === turns.length ? 0 : valueOf(potential, stateAfter(episode, count), reference);
  let before = turns.length === 0 ? 0 : at(0);
  return turns.map((_, index) => {
    const after = at(index + 1);
    const shaped = gamma * after - before;
    before = after;
    return shaped;
  });
}

/** What the last turn of an ongoing episode earned: the same figure that `potentialRewards` gives it after the end. */
export function lastPotentialReward(
  episode: EpisodeSoFar,
  potential: Potential,
  gamma = 1,
  reference?: Reference,
): number {
  expectGamma(gamma);
  const { length } = episode.turns;
  const at = (count: number) => valueOf(potential, stateAfter(episode, count), reference);
  return length === 0 ? 0 : gamma * at(length) - at(length - 1);
}

/** The discounted sum of per-step rewards. */
export function discounted(rewards: readonly number[], gamma: number): number {
  return rewards.reduce((sum, reward, index) => sum + gamma ** index * reward, 0);
}

function valueOf(potential: Potential, state: EpisodeSoFar, reference: Reference | undefined): number {
  const where = `rollout ${state.rolloutId}: the potential after ${state.turns.length} turns`;
  let value: unknown;
  try {
    value = potential(state, reference);
  } catch (error) {
    throw new DataError(`${where} threw: ${String(error)}`, { cause: error });
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new DataError(`${where} is ${String(value)}; expected a number`);
}

function expectGamma(gamma: number): void {
  if (!(gamma >= 0 && gamma <= 1)) throw new UsageError(`gamma: expected a number from 0 to 1, got ${gamma}`);
}
