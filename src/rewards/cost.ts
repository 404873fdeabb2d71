/** Accuracy minus cost, gated on success: a wrong answer earns nothing, however cheap it was. */
import { UsageError } from "../errors.ts";
import type { Scorer } from "../types.ts";
import { gatedCost, unitOf } from "./cost-terms.ts";
import { measuresOf } from "./measures.ts";
import type { Reward } from "./reward.ts";
import type { RewardSpecInput } from "./spec.ts";

/** The share of the score that a cost of one full reading of the context takes away. */
export const DEFAULT_LAMBDA = 0.3;

/** The share of λ that all cost beyond that reading takes at most in addition. Without it, verifying a right answer would be free. */
export const DEFAULT_EXCESS = 0.5;

/** The default reward of environments, as a spec. */
export const DEFAULT_REWARD: RewardSpecInput = {
  terms: { cost: { type: "success_gated_cost", weight: DEFAULT_LAMBDA, excess: DEFAULT_EXCESS } },
};

/**
 * `R · (1 − λ · (clip(c / c_ref, 0, 1) + ½ · max(0, 1 − c_ref / c)))`, where `R` is the score, `c` the cost of all calls at
 * every depth, and `c_ref` the cost of one full reading of the context at the policy model's input price. The gate makes sure
 * that failing fast does not pay; cost beyond the first reading is never free, and never makes a right answer earn less than a
 * wrong one. If a model has no known price, tokens replace dollars on both sides, and the term's unit says so.
 */
export function successGatedCost(score: Scorer, lambda: number = DEFAULT_LAMBDA): Reward {
  if (!(lambda >= 0 && lambda <= 1))
    throw new UsageError(`lambda: expected a number from 0 to 1, got ${lambda}`);
  const gated = gatedCost({ weight: lambda, excess: DEFAULT_EXCESS });
  return (trajectory, reference) => {
    const raw = trajectory.answer === null ? 0 : score(trajectory.answer.text, reference);
    const episode = measuresOf(trajectory, { score: raw });
    const cost = gated(episode);
    const weighted = raw === 0 ? 0 : lambda * cost.effect;
    const unit = unitOf(episode);
    return { total: raw + weighted, score: raw, terms: { cost: { raw: cost.raw, weighted, unit } } };
  };
}
