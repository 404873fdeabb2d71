/** Rollouts of many episodes in environments by name, by definition, or by a function that makes them. */
import type { Environment } from "../src/env/define.ts";
import { type JoinOptions, joinIn } from "../src/rollout/join-rollout.ts";
import type { EnvMaker } from "../src/rollout/made-env-matchup.ts";
import { type RolloutHow, rolloutIn, type RolloutOptions } from "../src/rollout/rollout.ts";
import type { Rollouts } from "../src/rollout/rollouts.ts";
import type { Worked } from "../src/rollout/redis-options.ts";
import { environmentOf } from "./make.ts";
import type { EnvironmentName, OptionsOf } from "./registry.ts";

/**
 * Plays many episodes, several at a time, over one pool of interpreters: `await rollout(…)` gives all trajectories,
 * `for await (const trajectory of rollout(…))` each one as it ends. `out` writes a run's folder, which every command reads;
 * `redis` shares the work with other machines. A fault of the machinery is tried again; one that stays is a trajectory with
 * `status: "infra_error"` and no reward. Throws `UsageError` for options that cannot be, and `ModelError` where a model server
 * cannot be reached or refuses its key, since no later episode would do better.
 */
export function rollout(environment: EnvMaker, options: RolloutHow): Rollouts;
export function rollout<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: RolloutOptions<OptionsOf<Chosen>>,
): Rollouts;
export function rollout(
  environment: EnvMaker | EnvironmentName | Environment,
  options: RolloutOptions,
): Rollouts {
  return rolloutIn(typeof environment === "function" ? environment : environmentOf(environment), options);
}

/**
 * Plays for a rollout that another process coordinates on Redis, with the same environment and options. Returns when the run has
 * ended. Throws `UsageError` where there is no such run, or these options would make other episodes.
 */
export function joinRollout<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: JoinOptions<OptionsOf<Chosen>>,
): Promise<Worked> {
  return joinIn(environmentOf(environment), options);
}
