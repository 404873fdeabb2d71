/** `--adaptive-budget`: turns a target for the mean cost into a reward spec. */
import { UsageError } from "../../src/errors.ts";
import { parseSpec, type RewardSpec } from "../../src/rewards/spec.ts";
import { adaptiveTerm } from "../../src/rollout/run-budget.ts";

/** Reads `0.01` (dollars) or `20000tokens` as a reward spec with an adaptive budget. Throws `UsageError`. */
export function withBudget(spec: RewardSpec, text: string): RewardSpec {
  const [, number, tokens] = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(tokens)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) <= 0)
    throw new UsageError(
      `--adaptive-budget ${text}: expected dollars such as 0.01, or tokens such as 20000tokens`,
    );
  if (adaptiveTerm(spec))
    throw new UsageError("--adaptive-budget: the reward already has an adaptive budget");
  const budget = { type: "budget", budget: Number(number), unit: tokens ? "tokens" : "dollars", adapt: {} };
  return parseSpec({ ...spec, terms: { ...spec.terms, budget } }, "--adaptive-budget");
}
