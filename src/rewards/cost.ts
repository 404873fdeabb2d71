/** Accuracy minus cost, gated on success: a wrong answer earns nothing, however cheap it was. */
import { UsageError } from "../errors.ts";
import type { Scorer } from "../types.ts";
import type { Reward, Unrewarded } from "./reward.ts";

/** How much of the score a cost of one full reading of the context takes away. */
export const DEFAULT_LAMBDA = 0.3;

/**
 * `R · (1 − λ · clip(c / c_ref, 0, 1))`, where `R` is the score, `c` the cost of every call of every depth, and `c_ref`
 * the cost of one full reading of the context at the policy model's input price. The gate is what keeps "fail fast"
 * from paying. Where a model has no known price, tokens stand for dollars on both sides, and the term's name says so.
 */
export function successGatedCost(score: Scorer, lambda: number = DEFAULT_LAMBDA): Reward {
  if (!(lambda >= 0 && lambda <= 1))
    throw new UsageError(`lambda: expected a number from 0 to 1, got ${lambda}`);
  return (trajectory, reference) => {
    const raw = trajectory.answer === null ? 0 : score(trajectory.answer.text, reference);
    const cost = relativeCost(trajectory);
    const weighted = raw === 0 ? 0 : -lambda * raw * Math.min(1, cost.ratio);
    return {
      total: raw + weighted,
      score: raw,
      terms: { [cost.unit === "dollars" ? "cost" : "token_cost"]: { raw: cost.ratio, weighted } },
    };
  };
}

/** `c / c_ref`, in dollars where every price is known, else in tokens. A context of no cost makes any cost a whole one. */
function relativeCost(trajectory: Unrewarded): { ratio: number; unit: "dollars" | "tokens" } {
  const { totals, fullReading } = trajectory;
  if (totals.nanoDollars !== null && fullReading.nanoDollars !== null) {
    return { ratio: quotient(totals.nanoDollars, fullReading.nanoDollars), unit: "dollars" };
  }
  return {
    ratio: quotient(totals.promptTokens + totals.completionTokens, fullReading.tokens),
    unit: "tokens",
  };
}

function quotient(cost: number, reference: number): number {
  if (reference > 0) return cost / reference;
  return cost > 0 ? 1 : 0;
}
