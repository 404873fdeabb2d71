/** A wrapper that changes each observation, for policies that read observations. */
import { type ResetOptions, type StepResult, type Env } from "../../episode/contract.ts";
import type { Action, Observation } from "../../types.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Passes every observation through a function. `messages`, which language models continue, and the record do not change, so
 * that a replay gives the same bytes.
 */
export class ObservationFilter extends Wrapper {
  readonly #filter: (observation: Observation) => Observation;

  constructor(env: Env, filter: (observation: Observation) => Observation) {
    super(env);
    this.#filter = filter;
  }

  override async reset(options: ResetOptions = {}): ReturnType<Env["reset"]> {
    const begun = await this.env.reset(options);
    return { ...begun, observation: this.#filter(begun.observation) };
  }

  override async step(action: Action): Promise<StepResult> {
    const result = await this.env.step(action);
    return { ...result, observation: this.#filter(result.observation) };
  }
}
