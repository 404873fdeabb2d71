/** An adaptive budget at work in a run: whose price the rewards of its episodes follow, and whose state lies in its folder. */
import type { ChangingSpec, MakeOptions } from "../../src/env/assemble.ts";
import { UsageError } from "../../src/errors.ts";
import { AdaptiveBatches } from "../../src/rewards/adaptive-batches.ts";
import { parseSpec, type RewardSpec } from "../../src/rewards/spec.ts";
import { readBudget, writeBudget } from "../../src/runs/budget-file.ts";
import type { EpisodeFigures } from "../../src/report/summary.ts";

export interface RunBudget {
  readonly batches: AdaptiveBatches;
  /** In the budget's unit; null for a fault of the machinery. */
  readonly costOf: (figures: EpisodeFigures) => number | null;
  /** The reward under the price of the moment an episode begins. */
  readonly reward: ChangingSpec;
}

/** Null where the reward has no budget that adapts. Goes on from what the folder holds. Throws `DataError`. */
export async function runBudget(reward: MakeOptions["reward"], folder: string): Promise<RunBudget | null> {
  if (reward === undefined || typeof reward === "function" || "now" in reward) return null;
  const spec = parseSpec(reward);
  const found = adaptiveTerm(spec);
  if (!found) return null;
  const { name, term, adapt } = found;
  const options = { budget: term.budget, rate: adapt.rate, maxLambda: adapt.max, every: adapt.every };
  const batches = new AdaptiveBatches(options, await readBudget(folder), (saved) =>
    writeBudget(folder, saved),
  );
  return {
    batches,
    costOf: ({ ok, nanoDollars, tokens }) => {
      if (!ok) return null;
      return term.unit === "tokens" ? tokens : nanoDollars === null ? null : nanoDollars / 1e9;
    },
    reward: {
      now: () => ({ ...spec, terms: { ...spec.terms, [name]: { ...term, weight: batches.lambda } } }),
    },
  };
}

/** Reads `0.01` (dollars) or `20000tokens` as the spec of a budget that adapts. Throws `UsageError`. */
export function withBudget(spec: RewardSpec, text: string): RewardSpec {
  const [, number, tokens] = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(tokens)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) <= 0)
    throw new UsageError(
      `--adaptive-budget ${text}: expected dollars such as 0.01, or tokens such as 20000tokens`,
    );
  if (adaptiveTerm(spec))
    throw new UsageError("--adaptive-budget: the reward has a budget that adapts already");
  const budget = { type: "budget", budget: Number(number), unit: tokens ? "tokens" : "dollars", adapt: {} };
  return parseSpec({ ...spec, terms: { ...spec.terms, budget } }, "--adaptive-budget");
}

function adaptiveTerm({ terms }: RewardSpec) {
  for (const [name, term] of Object.entries(terms))
    if (term.type === "budget" && term.adapt) return { name, term, adapt: term.adapt };
  return null;
}
