/** A matchup in environments that the user's own function makes. */
import type { Env } from "../episode/contract.ts";
import { UsageError } from "../errors.ts";
import { Wrapper } from "../env/wrappers/wrapper.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import type { Matchup } from "../queue/matchup.ts";

/** Makes a new environment with each call, such as `() => make("s-niah")`. */
export type EnvMaker = () => Env | Promise<Env>;

/**
 * Makes as many environments as episodes run at a time, and lends them from episode to episode and from attempt to attempt.
 * If somebody closes one meanwhile, a new one replaces it, so that only its own episode ends.
 */
export class MadeEnvs {
  readonly #make: EnvMaker;
  readonly #idle: Env[] = [];
  readonly #made = new Set<Env>();

  constructor(make: EnvMaker) {
    this.#make = make;
  }

  /** An environment whose `close` returns it. */
  async lend(): Promise<Env> {
    let env = this.#idle.pop();
    // Skips one that somebody has closed since, for example the user's own code.
    while (env?.closed) env = this.#idle.pop();
    env ??= await this.make();
    return new LentEnv(env, this);
  }

  /** A new environment. Throws `UsageError` if the function returns one that it returned before. */
  async make(): Promise<Env> {
    const env = await this.#make();
    if (typeof env?.reset !== "function")
      throw new UsageError("rollout: expected the function to return an environment, such as make(…) gives");
    if (this.#made.has(env))
      throw new UsageError(
        "rollout: the function returned the same environment twice; expected a new one at each call, such as () => make(…)",
      );
    if (env.closed)
      throw new UsageError("rollout: the function returned an environment that is closed already");
    this.#made.add(env);
    return env;
  }

  /** The environment is free for the next episode. */
  giveBack(env: Env): void {
    if (!env.closed) this.#idle.push(env);
  }

  /** Closes every environment that was made. */
  async close(): Promise<void> {
    await Promise.all([...this.#made].map((env) => env.close()));
  }
}

class LentEnv extends Wrapper {
  readonly #envs: MadeEnvs;
  #isBack = false;

  constructor(env: Env, envs: MadeEnvs) {
    super(env);
    this.#envs = envs;
  }

  override async close(): Promise<void> {
    if (this.#isBack) return;
    this.#isBack = true;
    this.#envs.giveBack(this.env);
  }
}

/** The tasks are those that the first environment gives for the seeds 0, 1, 2 … */
export async function madeEnvMatchup(
  envs: MadeEnvs,
  policies: readonly (Policy | OraclePolicy)[],
): Promise<Matchup> {
  const first = await envs.make();
  envs.giveBack(first);
  return {
    environment: first.name,
    label: first.name,
    problemAt: (index) => first.problem(index),
    fromFile: false,
    policies,
    subModels: first.subModels,
    makeEnv: () => envs.lend(),
  };
}
