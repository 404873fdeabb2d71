/** Per-step rewards by potentials, which change what a policy learns soon and not what is best in the end. */
import { DataError, UsageError } from "../errors.ts";
import type { Turn } from "../trajectory.ts";
import type { Unrewarded } from "./reward.ts";

/**
 * How promising the state after the first `turns` turns is; 0 turns is the state after reset. A pure function of what the
 * policy could know by then: it is given only those turns.
 */
export type Potential = (soFar: readonly Turn[], episode: Omit<Unrewarded, "turns">) => number;

/**
 * `F = γ·Φ(s′) − Φ(s)` for each turn, with Φ = 0 where the episode ended (Ng, Harada & Russell 1999): the sum of `γ^t·F_t`
 * telescopes to `−Φ(s₀)`, whatever the policy did. Throws `UsageError` for γ outside 0 to 1, `DataError` for a potential that is no number.
 */
export function potentialRewards(episode: Unrewarded, potential: Potential, gamma = 1): number[] {
  if (!(gamma >= 0 && gamma <= 1)) throw new UsageError(`gamma: expected a number from 0 to 1, got ${gamma}`);
  const { turns, ...rest } = episode;
  const at = (count: number) => {
    const value = count === turns.length ? 0 : potential(turns.slice(0, count), rest);
    if (Number.isFinite(value)) return value;
    throw new DataError(`rollout ${episode.rolloutId}: the potential after ${count} turns is ${value}`);
  };
  let before = turns.length === 0 ? 0 : at(0);
  return turns.map((_, index) => {
    const after = at(index + 1);
    const shaped = gamma * after - before;
    before = after;
    return shaped;
  });
}

/** The discounted sum of per-step rewards. */
export function discounted(rewards: readonly number[], gamma: number): number {
  return rewards.reduce((sum, reward, index) => sum + gamma ** index * reward, 0);
}
