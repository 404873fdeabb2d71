/** Rolls out many episodes in environments given by name, by definition, or by a function that makes them. */
import type { Environment } from "../src/env/define.ts";
import { type JoinOptions, joinIn } from "../src/rollout/join-rollout.ts";
import type { EnvMaker } from "../src/rollout/made-env-matchup.ts";
import { type RolloutHow, rolloutIn, type RolloutOptions } from "../src/rollout/rollout.ts";
import type { Rollouts } from "../src/rollout/rollouts.ts";
import type { Worked } from "../src/rollout/redis-options.ts";
import { environmentOf } from "./make.ts";
import { processesOf, type RolloutProcesses } from "./processes.ts";
import type { EnvironmentName, OptionsOf } from "./registry.ts";

/**
 * Plays many episodes, several at a time, over one pool of interpreters: `await rollout(…)` gives all trajectories, and
 * `for await (const trajectory of rollout(…))` gives each one as it ends. `out` writes a run folder, which every command can read;
 * `processes` shares the work with further processes of this machine, and `redis` with other machines. Infrastructure faults are retried; if one persists, its trajectory has
 * `status: "infra_error"` and no reward. Throws `UsageError` for invalid options, and `ModelError` if a model server
 * cannot be reached or refuses its key, since no later episode would do better.
 */
export function rollout(environment: EnvMaker, options: Omit<RolloutHow, "processes">): Rollouts;
export function rollout<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: RolloutArguments<RolloutOptions<OptionsOf<Chosen>>>,
): Rollouts;
export function rollout(
  environment: EnvMaker | EnvironmentName | Environment,
  { processes, ...options }: RolloutArguments<RolloutOptions>,
): Rollouts {
  const others = processesOf(environment, options, processes);
  return rolloutIn(typeof environment === "function" ? environment : environmentOf(environment), {
    ...options,
    ...(others && { processes: others }),
  });
}

/** The options of a rollout, with the processes as a program names them. */
export type RolloutArguments<Options> = Omit<Options, "processes"> & {
  readonly processes?: RolloutProcesses;
};

/**
 * Plays episodes of a rollout that another process coordinates on Redis, with the same environment and options. Returns when the
 * run has ended. Throws `UsageError` if the run does not exist, or if these options would make other episodes.
 */
export function joinRollout<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: JoinOptions<OptionsOf<Chosen>>,
): Promise<Worked> {
  return joinIn(environmentOf(environment), options);
}
