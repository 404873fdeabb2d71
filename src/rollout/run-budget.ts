/** A reward's budget that adapts during a run: its price follows the costs of the run's episodes, and is saved with them. */
import type { MakeOptions } from "../env/assemble.ts";
import type { EpisodeFigures } from "../report/summary.ts";
import { AdaptiveBatches } from "../rewards/adaptive-batches.ts";
import { type ChangingSpec, parseSpec, type RewardSpec } from "../rewards/spec.ts";
import { readBudget, writeBudget } from "../runs/budget-file.ts";

/** The adaptive budget of one run. */
export interface RunBudget {
  readonly batches: AdaptiveBatches;
  /** In the budget's unit; null for an infrastructure fault. */
  readonly costOf: (figures: EpisodeFigures) => number | null;
  /** The reward with the price at the moment when an episode begins. */
  readonly reward: ChangingSpec;
}

/**
 * Null if the reward has no adaptive budget. Continues from the state in the folder; without a folder the state is not kept.
 * Throws `DataError` if the folder's state cannot be read.
 */
export async function runBudget(
  reward: MakeOptions["reward"],
  folder: string | null,
): Promise<RunBudget | null> {
  if (reward === undefined || typeof reward === "function" || "now" in reward) return null;
  const spec = parseSpec(reward);
  const found = adaptiveTerm(spec);
  if (!found) return null;
  const { name, term, adapt } = found;
  const options = { budget: term.budget, rate: adapt.rate, maxLambda: adapt.max, every: adapt.every };
  const saved = folder === null ? null : await readBudget(folder);
  const batches = new AdaptiveBatches(options, saved, async (state) => {
    if (folder !== null) await writeBudget(folder, state);
  });
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

/** The term of a spec whose budget adapts; null if there is none. */
export function adaptiveTerm({ terms }: RewardSpec) {
  for (const [name, term] of Object.entries(terms))
    if (term.type === "budget" && term.adapt) return { name, term, adapt: term.adapt };
  return null;
}
