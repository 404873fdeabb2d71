/** Many environments stepped as one, with Gymnasium's modes of beginning anew what has ended. */
import type { Info, ResetOptions, StepResult } from "../episode/contract.ts";
import { expectSeed } from "../episode/contract.ts";
import { EnvStateError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Action, Observation } from "../types.ts";
import type { Env } from "../episode/contract.ts";

/**
 * When an environment whose episode has ended begins the next one. `next-step` (Gymnasium's default): in the step after, which
 * ignores its action and earns 0. `same-step`: at once; the step shows the new episode's first observation, and `finals` the
 * last one of the old. `disabled`: when `reset` is called with a mask; a step before that is refused.
 * See https://gymnasium.farama.org/main/api/vector/autoreset/.
 */
export type AutoresetMode = (typeof AUTORESET_MODES)[number];
const AUTORESET_MODES = ["next-step", "same-step", "disabled"] as const;

/** How a vector of environments begins new episodes. */
export interface VectorOptions {
  /** Default `next-step`. */
  readonly autoreset?: AutoresetMode;
  /** What else each episode of an environment begins with, such as its policy's name, or a `rolloutId` for repetitions. */
  readonly episode?: (envIndex: number, seed: number) => Omit<ResetOptions, "seed">;
  readonly onClose?: () => Promise<void>;
}

/** What `reset` of a vector answers: an entry for each environment, in their order. */
export interface VectorReset {
  /** A number gives the environments seed, seed + 1 …; a list one to each. Default: goes on counting. */
  readonly seed?: number | readonly number[];
  /** Which environments begin anew; default all. Gymnasium's `options["reset_mask"]`. */
  readonly mask?: readonly boolean[];
}

/** How an episode ended that did so in this step. */
export interface Final {
  readonly observation: Observation;
  readonly info: Info;
  readonly trajectory: Trajectory;
}

/** One entry an environment in each list, in their order. */
export interface VectorStep {
  readonly observations: readonly Observation[];
  /** Null where a fault of the machinery ended the episode. */
  readonly rewards: readonly (number | null)[];
  readonly terminations: readonly boolean[];
  readonly truncations: readonly boolean[];
  readonly infos: readonly Info[];
  /** Null where no episode ended. */
  readonly finals: readonly (Final | null)[];
}

interface Place {
  readonly env: Env;
  last: { readonly observation: Observation; readonly info: Info } | null;
  ended: boolean;
}

/** Steps go on side by side; each waits for the slowest. Seeds of new episodes count on in the environments' order. */
export class VectorEnv {
  readonly autoreset: AutoresetMode;
  readonly #options: VectorOptions;
  readonly #places: readonly Place[];
  #nextSeed = 0;

  constructor(envs: readonly Env[], options: VectorOptions = {}) {
    if (envs.length === 0) throw new UsageError("a vector needs at least 1 environment");
    this.autoreset = options.autoreset ?? "next-step";
    if (!AUTORESET_MODES.includes(this.autoreset))
      throw new UsageError(
        `unknown autoreset ${JSON.stringify(this.autoreset)}; expected one of ${AUTORESET_MODES.join(", ")}`,
      );
    this.#options = options;
    this.#places = envs.map((env) => ({ env, last: null, ended: false }));
  }

  get numEnvs(): number {
    return this.#places.length;
  }

  /** The environments, such as for their `messages`. */
  get envs(): readonly Env[] {
    return this.#places.map(({ env }) => env);
  }

  /** Begins episodes. Environments that the mask leaves out go on, and show their last observation again. */
  async reset({ seed, mask }: VectorReset = {}): Promise<Pick<VectorStep, "observations" | "infos">> {
    if (mask) this.#expectOneEach("mask", mask);
    const seeds = this.#seedsFrom(seed);
    await this.#each(async (place, index) => {
      if (mask && !mask[index]) {
        if (!place.last) throw new EnvStateError(`reset: environment ${index} has no episode to go on with`);
        return;
      }
      await this.#begin(place, index, seeds[index]!);
    });
    const shown = this.#places.map(({ last }) => last!);
    return {
      observations: shown.map(({ observation }) => observation),
      infos: shown.map(({ info }) => info),
    };
  }

  /** One turn in each environment. Throws `UsageError` unless there is one action for each, and what an environment throws. */
  async step(actions: readonly Action[]): Promise<VectorStep> {
    this.#expectOneEach("step", actions);
    for (const [index, { last, ended }] of this.#places.entries()) {
      if (!last) throw new EnvStateError("step: there are no episodes; call reset first");
      if (ended && this.autoreset === "disabled")
        throw new EnvStateError(
          `step: the episode of environment ${index} has ended; call reset with a mask first`,
        );
    }
    const ends = this.autoreset === "next-step" ? this.#places.map(({ ended }) => ended) : [];
    const isNew = (index: number) => ends[index] === true;
    const turns = await this.#each(async (place, index) => {
      const result = isNew(index) ? null : await place.env.step(actions[index]!);
      return { result, final: this.#settle(place, result) };
    });
    const results = turns.map(({ result }) => result);
    const finals = turns.map(({ final }) => final);
    const begins = (index: number) =>
      isNew(index) || (this.autoreset === "same-step" && finals[index] !== null);
    // Seeds are dealt before anything waits, so that they do not hang on which environment is faster.
    const seeds = this.#places.map((_, index) => (begins(index) ? this.#nextSeed++ : null));
    await this.#each(async (place, index) => {
      const seed = seeds[index] ?? null;
      if (seed !== null) await this.#begin(place, index, seed);
    });
    return {
      observations: this.#places.map(({ last }) => last!.observation),
      rewards: results.map((result) => (result ? result.reward : 0)),
      terminations: results.map((result) => result?.terminated ?? false),
      truncations: results.map((result) => result?.truncated ?? false),
      infos: this.#places.map(({ last }) => last!.info),
      finals,
    };
  }

  /** Closes every environment. Idempotent. */
  async close(): Promise<void> {
    await this.#each(({ env }) => env.close());
    await this.#options.onClose?.();
  }

  #settle(place: Place, result: StepResult | null): Final | null {
    if (!result) return null;
    const { observation, info, terminated, truncated } = result;
    place.last = { observation, info };
    place.ended = terminated || truncated;
    return place.ended ? { observation, info, trajectory: place.env.trajectory } : null;
  }

  async #begin(place: Place, index: number, seed: number): Promise<void> {
    place.last = await place.env.reset({ ...this.#options.episode?.(index, seed), seed });
    place.ended = false;
  }

  #seedsFrom(seed: VectorReset["seed"]): readonly number[] {
    const given = seed ?? this.#nextSeed;
    if (typeof given !== "number") this.#expectOneEach("seed", given);
    const seeds = (typeof given === "number" ? this.#places.map((_, index) => given + index) : given).map(
      expectSeed,
    );
    this.#nextSeed = Math.max(...seeds) + 1;
    return seeds;
  }

  #expectOneEach(what: string, { length }: readonly unknown[]): void {
    if (length === this.numEnvs) return;
    throw new UsageError(
      `${what}: expected ${this.numEnvs} entries, one for each environment, got ${length}`,
    );
  }

  /** Waits for all, so that none is left in the middle of a turn, and then throws the first error. */
  async #each<T>(run: (place: Place, index: number) => Promise<T>): Promise<T[]> {
    const settled = await Promise.allSettled(this.#places.map(run));
    return settled.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }
}
