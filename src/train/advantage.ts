/** The advantage of each decision for each algorithm, from the rewards of its episode and of the episode's group. */
import { advantagesOf } from "../rewards/advantages.ts";
import type { Outcome } from "./arena.ts";
import type { Algorithm } from "./choices.ts";
import type { Sample } from "./loss.ts";
import type { DrawnDecision } from "./network.ts";

/** An episode that was played for an update. */
export interface Played {
  readonly groupId: string;
  /** Null for an infrastructure fault, from which nothing is learned. */
  readonly outcome: Outcome | null;
  readonly decisions: readonly DrawnDecision[];
}

export interface Credited {
  readonly samples: readonly Sample[];
  readonly groupsWithoutSignal: number;
}

/** Added to the deviation by which a batch's advantages are divided, so that tiny differences are not blown up. */
const LEAST_DEVIATION = 0.02;

/**
 * GRPO: the reward against its group's mean, by the group's deviation. Dr. GRPO: against its group's mean, by the deviation over
 * the batch: dividing by each group's own deviation would prefer a plan that often wins a little and sometimes loses everything. REINFORCE: the
 * reward minus the learned value of the state. PPO: the same, by its mean and deviation over the batch. An episode's only reward
 * comes at its end, undiscounted.
 *
 * `tieBreak` separates rollouts that a reward without cost treats as equal: within a group that earned something, the most
 * expensive rollout loses `tieBreak`, and the others lose in proportion to their cost.
 */
export function credit(played: readonly Played[], algorithm: Algorithm, tieBreak = 0): Credited {
  const dearest = dearestOf(played);
  const inGroups = played.map(({ groupId, outcome, decisions }) => ({
    groupId,
    reward: outcome && outcome.reward - tieBreak * shareOfDearest(outcome, dearest.get(groupId)),
    length: decisions.length,
  }));
  const { values, groups } = advantagesOf(inGroups, algorithm === "dr_grpo" ? "dr_grpo" : "grpo");
  const isGrouped = algorithm === "grpo" || algorithm === "dr_grpo";
  const samples = played.flatMap(({ outcome, decisions }, index) => {
    if (outcome === null) return [];
    const earned = outcome.reward;
    return decisions.map((decision): Sample => {
      const advantage = isGrouped ? values[index]! : earned - decision.value;
      return { decision, earned, advantage };
    });
  });
  const scaled = {
    reinforce: (all: readonly Sample[]) => all,
    ppo: whitened,
    grpo: (all: readonly Sample[]) => all,
    dr_grpo: byDeviation,
  };
  return {
    samples: scaled[algorithm](samples),
    groupsWithoutSignal: groups.total - groups.withSignal,
  };
}

function dearestOf(played: readonly Played[]): Map<string, number> {
  const dearest = new Map<string, number>();
  for (const { groupId, outcome } of played)
    dearest.set(groupId, Math.max(dearest.get(groupId) ?? 0, outcome?.nanoDollars ?? 0));
  return dearest;
}

function shareOfDearest({ reward, nanoDollars }: Outcome, dearest = 0): number {
  return reward > 0 && dearest > 0 ? (nanoDollars ?? 0) / dearest : 0;
}

function byDeviation(samples: readonly Sample[]): Sample[] {
  const squares = samples.reduce((sum, { advantage }) => sum + advantage ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, samples.length)) + LEAST_DEVIATION;
  return samples.map((sample) => ({ ...sample, advantage: sample.advantage / deviation }));
}

function whitened(samples: readonly Sample[]): Sample[] {
  const values = samples.map(({ advantage }) => advantage);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return samples.map((sample) => ({
    ...sample,
    advantage: (sample.advantage - mean) / (Math.sqrt(variance) + 1e-8),
  }));
}
