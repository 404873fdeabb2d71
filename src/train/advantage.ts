/** What each decision is worth to each algorithm, from what its episode and the episode's group earned. */
import { advantagesOf } from "../advantages.ts";
import type { Outcome } from "./arena.ts";
import type { Algorithm } from "./choices.ts";
import type { Sample } from "./loss.ts";
import type { DrawnDecision } from "./network.ts";

/** An episode that was played for an update. */
export interface Played {
  readonly groupId: string;
  /** Null for a fault of the machinery, which trains nobody. */
  readonly outcome: Outcome | null;
  readonly decisions: readonly DrawnDecision[];
}

export interface Credited {
  readonly samples: readonly Sample[];
  readonly groupsWithoutSignal: number;
}

/**
 * GRPO: the reward against its group's mean, by the group's deviation. REINFORCE: the reward minus the learned value of the state.
 * PPO: the same, by its mean and deviation over the batch. An episode's only reward comes at its end, undiscounted.
 */
export function credit(played: readonly Played[], algorithm: Algorithm): Credited {
  const { values, groups } = advantagesOf(
    played.map(({ groupId, outcome, decisions }) => ({
      groupId,
      reward: outcome?.reward ?? null,
      length: decisions.length,
    })),
    "grpo",
  );
  const samples = played.flatMap(({ outcome, decisions }, index) => {
    if (outcome === null) return [];
    const earned = outcome.reward;
    return decisions.map((decision): Sample => {
      const advantage = algorithm === "grpo" ? values[index]! : earned - decision.value;
      return { decision, earned, advantage };
    });
  });
  return {
    samples: algorithm === "ppo" ? whitened(samples) : samples,
    groupsWithoutSignal: groups.total - groups.withSignal,
  };
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
