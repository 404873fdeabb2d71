/** Terms for the cost of an episode. */
import { z } from "zod";
import { DataError } from "../errors.ts";
import { mean } from "../statistics.ts";
import type { Measures } from "./measures.ts";
import { clip, defineTerm, type EpisodeTerm, type GroupTerm, plain } from "./term.ts";

/** The unit of costs: US dollars, or tokens of every call. */
export type CostUnit = "dollars" | "tokens";

/** Dollars if every price is known, otherwise tokens: an unknown price is not zero. */
export function unitOf({ nanoDollars, readingNanoDollars }: Measures): CostUnit {
  return nanoDollars !== null && readingNanoDollars !== null ? "dollars" : "tokens";
}

/** Cost in a unit: dollars, or tokens of every call. Unknown dollars are not converted to tokens; call `unitOf` first. */
export function costIn(unit: CostUnit, { nanoDollars, promptTokens, completionTokens }: Measures): number {
  return unit === "dollars" ? (nanoDollars ?? 0) / 1e9 : promptTokens + completionTokens;
}

/** An empty context counts as one of this many tokens. */
const EMPTY_READING_TOKENS = 1000;

/** `c / c_ref`, where `c_ref` is one full reading of the context. Any cost over an empty context counts as at least one reading. */
export function relativeCost(episode: Measures): number {
  const dollars = unitOf(episode) === "dollars";
  const cost = dollars ? (episode.nanoDollars ?? 0) : costIn("tokens", episode);
  const reading = dollars ? (episode.readingNanoDollars ?? 0) : episode.readingTokens;
  if (reading > 0) return cost / reading;
  return cost > 0 ? Math.max(1, costIn("tokens", episode) / EMPTY_READING_TOKENS) : 0;
}

/** `−c/c_ref`. Not gated: if accuracy is low, an empty answer earns most. */
export const linearCost: EpisodeTerm = (episode) => {
  const raw = relativeCost(episode);
  return { raw, effect: 0 - raw };
};

/** `linear_cost` in a spec. */
export const linearCostTerm = defineTerm({
  type: "linear_cost",
  parameters: {},
  weighsCost: true,
  make: () => linearCost,
});

/**
 * `−R · (clip(c/c_ref, 0, 1) + e · max(0, 1 − c_ref/c))`: cost only changes the reward of a success, so failing fast never pays.
 * With e = 0, cost beyond one reading is free; otherwise it never is, and takes at most the share e of the weight in addition.
 * A weight of more than 1/(1 + e) lowers e, so that up to a weight of 1 a success never earns less than a failure.
 */
export function gatedCost({ weight, excess }: { weight: number; excess: number }): EpisodeTerm {
  const share = weight > 0 ? clip((1 - weight) / weight, 0, excess) : excess;
  return (episode) => {
    const raw = relativeCost(episode);
    const past = raw > 1 ? share * (1 - 1 / raw) : 0;
    return { raw, effect: 0 - episode.score * (clip(raw, 0, 1) + past) };
  };
}

/** `success_gated_cost` in a spec. */
export const gatedCostTerm = defineTerm({
  type: "success_gated_cost",
  parameters: {
    /** The greatest share of the weight that all cost beyond one reading takes in addition. */
    excess: z.number().nonnegative().default(0),
  },
  weighsCost: true,
  make: gatedCost,
});

/** For right rollouts `clip(1 − c/mean c of the right ones, 0, 1)`; 0 if those cost nothing (prime-rl #2377). */
export const efficiencyBonus: GroupTerm = (episode, group) => {
  const right = group.filter((member) => member.right);
  if (!episode.right || right.length === 0) return plain(0);
  const unit = [episode, ...right].every((member) => unitOf(member) === "dollars") ? "dollars" : "tokens";
  const average = mean(right.map((member) => costIn(unit, member)));
  return plain(average === 0 ? 0 : clip(1 - costIn(unit, episode) / average, 0, 1));
};

/** `efficiency_bonus` in a spec. */
export const efficiencyTerm = defineTerm({
  type: "efficiency_bonus",
  parameters: {},
  needsGroup: true,
  make: () => efficiencyBonus,
});

/** `−max(0, c − B)/B`; its weight is the Lagrangian's λ (arXiv 2602.14468). Throws `DataError` if dollars are unknown. */
export function overBudget(budget: number, unit: CostUnit): EpisodeTerm {
  return (episode) => {
    if (unit === "dollars" && episode.nanoDollars === null)
      throw new DataError(
        `rollout ${episode.rolloutId}: a model has no known price; give --prices, or unit: tokens`,
      );
    const raw = Math.max(0, costIn(unit, episode) - budget) / budget;
    return { raw, effect: 0 - raw };
  };
}

/** `budget` in a spec. */
export const budgetTerm = defineTerm({
  type: "budget",
  parameters: {
    budget: z.number().positive(),
    unit: z.enum(["dollars", "tokens"]).default("dollars"),
    /** The weight follows the costs of a run, batch by batch, and starts at 0 instead of at `weight`. */
    adapt: z
      .strictObject({
        rate: z.number().nonnegative().default(0.1),
        max: z.number().nonnegative().default(10),
        every: z.int().positive().default(32),
      })
      .optional(),
  },
  weighsCost: true,
  make: ({ budget, unit }) => overBudget(budget, unit),
});
