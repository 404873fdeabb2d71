/** Many environments that are stepped together, with Gymnasium's autoreset modes. */
import type { Info, ResetOptions, StepResult } from "../episode/contract.ts";
import { expectSeed } from "../episode/contract.ts";
import { EnvStateError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Action, Observation } from "../types.ts";
import type { Env } from "../episode/contract.ts";

/**
 * When an environment begins a new episode after one has ended. `next-step` (Gymnasium's default): in the next step, which ignores
 * its action and earns 0. `same-step`: at once; the step returns the new episode's first observation, and `finals` has the last
 * one of the old. `disabled`: when `reset` is called with a mask; a step before that is refused.
 * See https://gymnasium.farama.org/main/api/vector/autoreset/.
 */
export type AutoresetMode = (typeof AUTORESET_MODES)[number];
const AUTORESET_MODES = ["next-step", "same-step", "disabled"] as const;

/** The options of a vector of environments. */
export interface VectorOptions {
  /** Default: `next-step`. */
  readonly autoreset?: AutoresetMode;
  /** Further options of each reset, such as the policy's name, or a `rolloutId` for repetitions. */
  readonly episode?: (envIndex: number, seed: number) => Omit<ResetOptions, "seed">;
  readonly onClose?: () => Promise<void>;
}

/** The options of `reset` of a vector. */
export interface VectorReset {
  /** A number gives the environments seed, seed + 1 …; a list has one for each. Default: the next seeds. */
  readonly seed?: number | readonly number[];
  /** Which environments are reset. Default: all. As Gymnasium's `options["reset_mask"]`. */
  readonly mask?: readonly boolean[];
}

/** The end of an episode that ended in this step. */
export interface Final {
  readonly observation: Observation;
  readonly info: Info;
  readonly trajectory: Trajectory;
}

/** The result of a step. Each list has one entry per environment, in their order. */
export interface VectorStep {
  readonly observations: readonly Observation[];
  /** Null if an infrastructure error ended the episode. */
  readonly rewards: readonly (number | null)[];
  readonly terminations: readonly boolean[];
  readonly truncations: readonly boolean[];
  readonly infos: readonly Info[];
  /** Null if the environment's episode did not end. */
  readonly finals: readonly (Final | null)[];
}

interface Slot {
  readonly env: Env;
  last: { readonly observation: Observation; readonly info: Info } | null;
  ended: boolean;
}

/** A vector of environments. A step runs all of them concurrently and waits for the slowest. New episodes get the next seeds. */
export class VectorEnv {
  readonly autoreset: AutoresetMode;
  readonly #options: VectorOptions;
  readonly #slots: readonly Slot[];
  #nextSeed = 0;

  constructor(envs: readonly Env[], options: VectorOptions = {}) {
    if (envs.length === 0) throw new UsageError("a vector needs at least 1 environment");
    this.autoreset = options.autoreset ?? "next-step";
    if (!AUTORESET_MODES.includes(this.autoreset))
      throw new UsageError(
        `unknown autoreset ${JSON.stringify(this.autoreset)}; expected one of ${AUTORESET_MODES.join(", ")}`,
      );
    this.#options = options;
    this.#slots = envs.map((env) => ({ env, last: null, ended: false }));
  }

  get numEnvs(): number {
    return this.#slots.length;
  }

  /** The environments, for example for their `messages`. */
  get envs(): readonly Env[] {
    return this.#slots.map(({ env }) => env);
  }

  /** Begins episodes. Environments that the mask leaves out go on, and return their last observation again. */
  async reset({ seed, mask }: VectorReset = {}): Promise<Pick<VectorStep, "observations" | "infos">> {
    if (mask) this.#expectOneEach("mask", mask);
    const seeds = this.#seedsFrom(seed);
    await this.#each(async (slot, index) => {
      if (mask && !mask[index]) {
        if (!slot.last) throw new EnvStateError(`reset: environment ${index} has no episode to go on with`);
        return;
      }
      await this.#begin(slot, index, seeds[index]!);
    });
    const shown = this.#slots.map(({ last }) => last!);
    return {
      observations: shown.map(({ observation }) => observation),
      infos: shown.map(({ info }) => info),
    };
  }

  /** Plays one turn in each environment. Throws `UsageError` unless there is one action for each, and an environment's errors. */
  async step(actions: readonly Action[]): Promise<VectorStep> {
    this.#expectOneEach("step", actions);
    for (const [index, { last, ended }] of this.#slots.entries()) {
      if (!last) throw new EnvStateError("step: there are no episodes; call reset first");
      if (ended && this.autoreset === "disabled")
        throw new EnvStateError(
          `step: the episode of environment ${index} has ended; call reset with a mask first`,
        );
    }
    const ends = this.autoreset === "next-step" ? this.#slots.map(({ ended }) => ended) : [];
    const isNew = (index: number) => ends[index] === true;
    const turns = await this.#each(async (slot, index) => {
      const result = isNew(index) ? null : await slot.env.step(actions[index]!);
      return { result, final: this.#settle(slot, result) };
    });
    const results = turns.map(({ result }) => result);
    const finals = turns.map(({ final }) => final);
    const begins = (index: number) =>
      isNew(index) || (this.autoreset === "same-step" && finals[index] !== null);
    // Seeds are assigned before any wait, so that they do not depend on which environment is faster.
    const seeds = this.#slots.map((_, index) => (begins(index) ? this.#nextSeed++ : null));
    await this.#each(async (slot, index) => {
      const seed = seeds[index] ?? null;
      if (seed !== null) await this.#begin(slot, index, seed);
    });
    return {
      observations: this.#slots.map(({ last }) => last!.observation),
      rewards: results.map((result) => (result ? result.reward : 0)),
      terminations: results.map((result) => result?.terminated ?? false),
      truncations: results.map((result) => result?.truncated ?? false),
      infos: this.#slots.map(({ last }) => last!.info),
      finals,
    };
  }

  /** Closes every environment. Idempotent. */
  async close(): Promise<void> {
    await this.#each(({ env }) => env.close());
    await this.#options.onClose?.();
  }

  #settle(slot: Slot, result: StepResult | null): Final | null {
    if (!result) return null;
    const { observation, info, terminated, truncated } = result;
    slot.last = { observation, info };
    slot.ended = terminated || truncated;
    return slot.ended ? { observation, info, trajectory: slot.env.trajectory } : null;
  }

  async #begin(slot: Slot, index: number, seed: number): Promise<void> {
    slot.last = await slot.env.reset({ ...this.#options.episode?.(index, seed), seed });
    slot.ended = false;
  }

  #seedsFrom(seed: VectorReset["seed"]): readonly number[] {
    const given = seed ?? this.#nextSeed;
    if (typeof given !== "number") this.#expectOneEach("seed", given);
    const seeds = (typeof given === "number" ? this.#slots.map((_, index) => given + index) : given).map(
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

  /** Waits for all environments, so that none stays in the middle of a turn, and then throws the first error. */
  async #each<T>(run: (slot: Slot, index: number) => Promise<T>): Promise<T[]> {
    const settled = await Promise.allSettled(this.#slots.map(run));
    return settled.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }
}
