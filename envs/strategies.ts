/** The strategies that environments bring, ready to use. */
import type { Policy } from "../src/policies/policy.ts";
import { environmentNamed } from "./make.ts";
import type { EnvironmentNamed, EnvironmentName } from "./registry.ts";

/** The baselines of the RLM paper, from the simplest to the recursive one; the others are paired with the first. */
export const BASELINES: readonly string[] = ["direct", "bm25", "compaction", "map-reduce", "rlm:1", "rlm:2"];

/** The policies of a built-in environment, by the names of their strategies. */
export type StrategiesOf<Name extends EnvironmentName> = {
  readonly [Strategy in keyof EnvironmentNamed<Name>["strategies"]]: Policy;
};

/**
 * The strategies of a built-in environment as policies, such as `strategiesOf("s-niah").grep`. Each plays any number of
 * episodes, also in your own environments over similar texts. Throws `UsageError` for an unknown name.
 */
export function strategiesOf<Name extends EnvironmentName>(name: Name): StrategiesOf<Name> {
  const made = Object.entries(environmentNamed(name).strategies).map(([own, policy]) => [own, policy()]);
  return Object.fromEntries(made) as StrategiesOf<Name>;
}
