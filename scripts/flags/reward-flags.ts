/** The flags that choose how a run's episodes are rewarded: `--reward` and `--lambda`. */
import type { MakeOptions } from "../../src/env/assemble.ts";
import { UsageError } from "../../src/errors.ts";
import { needsGroup } from "../../src/rewards/terms.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { JsonObject } from "../../src/types.ts";
import { parseSpec, type RewardSpec } from "../../src/rewards/spec.ts";
import { withBudget } from "./adaptive-budget.ts";
import { loadSpec } from "../input/load-spec.ts";
import type { Options } from "yargs";

export const REWARD_FLAGS = {
  reward: {
    type: "string",
    describe: "file of another reward, JSON, YAML or TypeScript, instead of the default",
  },
  lambda: { type: "number", describe: "weight of cost in the reward, from 0 to 1" },
} satisfies Record<string, Options>;

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
    // Made once here, so that an invalid weight is reported before anything runs.
    successGatedCost(() => 0, lambda);
    return (score) => successGatedCost(score, lambda);
  }
  if (lambda !== undefined)
    throw new UsageError(
      "--lambda is the weight of the default reward's cost; --reward brings its own weights",
    );
  const spec = await loadSpec(file, "--reward");
  tellOfGroupTerms(
    spec,
    "are not part of the reward that step returns; rlm-gym reward adds them after the run",
  );
  return budget === undefined ? spec : withBudget(spec, budget);
}

/** Names on stderr the terms that a single episode does not have, so that nobody takes their absence for a zero. */
export function tellOfGroupTerms({ terms }: RewardSpec, what: string): void {
  const names = Object.entries(terms).flatMap(([name, term]) => (needsGroup(term) ? [name] : []));
  if (names.length > 0) process.stderr.write(`rlm-gym: ${names.join(", ")}: terms of groups ${what}\n`);
}

/** How a run's manifest records another reward: the whole spec, with the source of a custom term's function. */
export function rewardInConfig(reward: RewardOption | undefined): JsonObject {
  if (reward === undefined || typeof reward === "function") return {};
  const plain = JSON.stringify(reward, (_, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
  return { reward: JSON.parse(plain) as JsonObject };
}
