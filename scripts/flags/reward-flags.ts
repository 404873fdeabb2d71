/** The flags that say how a run's episodes are rewarded: `--reward` and `--lambda`. */
import type { MakeOptions } from "../../src/env/assemble.ts";
import { UsageError } from "../../src/errors.ts";
import { needsGroup } from "../../src/rewards/terms.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { JsonObject } from "../../src/types.ts";
import { parseSpec, type RewardSpec } from "../../src/rewards/spec.ts";
import { withBudget } from "./adaptive-budget.ts";
import { loadSpec } from "../input/load-spec.ts";

export type RewardOption = NonNullable<MakeOptions["reward"]>;

/** Null for the environment's own reward. Throws `UsageError` before anything runs. */
export async function rewardFrom(flags: {
  readonly lambda: number | undefined;
  readonly reward: string | undefined;
  readonly "adaptive-budget"?: string | undefined;
}): Promise<RewardOption | null> {
  const { lambda, reward: file, "adaptive-budget": budget } = flags;
  if (lambda !== undefined && budget !== undefined)
    throw new UsageError("--lambda weighs the default reward's cost; --adaptive-budget finds its own weight");
  if (file === undefined && budget !== undefined) return withBudget(parseSpec({}), budget);
  if (file === undefined) {
    if (lambda === undefined) return null;
    // Made once here, so that a weight that cannot be is told before anything runs.
    successGatedCost(() => 0, lambda);
    return (score) => successGatedCost(score, lambda);
  }
  if (lambda !== undefined)
    throw new UsageError(
      "--lambda is the weight of the default reward's cost; --reward brings its own weights",
    );
  const spec = await loadSpec(file, "--reward");
  tellOfGroupTerms(spec, "are no part of what step returns; rlm-gym reward adds them after the run");
  return budget === undefined ? spec : withBudget(spec, budget);
}

/** Says on stderr which terms an episode alone does not have, so that nobody takes their absence for a zero. */
export function tellOfGroupTerms({ terms }: RewardSpec, what: string): void {
  const names = Object.entries(terms).flatMap(([name, term]) => (needsGroup(term) ? [name] : []));
  if (names.length > 0) process.stderr.write(`rlm-gym: ${names.join(", ")}: terms of groups ${what}\n`);
}

/** What a run's manifest holds of another reward: the whole spec, a term's own function by its source. */
export function rewardInConfig(reward: RewardOption | undefined): JsonObject {
  if (reward === undefined || typeof reward === "function") return {};
  const plain = JSON.stringify(reward, (_, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
  return { reward: JSON.parse(plain) as JsonObject };
}
