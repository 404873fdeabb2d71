/** A wrapper that allows fewer turns than the environment. */
import { type ResetOptions, type StepResult, type Env } from "../../episode/contract.ts";
import { UsageError } from "../../errors.ts";
import type { Action, Observation } from "../../types.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Truncates an episode after a number of turns, and adjusts `turnsLeft`. The texts for language models still name the
 * environment's own limit; to change them, set `limits.maxTurns` instead. Throws `UsageError` below one turn.
 */
export class TimeLimit extends Wrapper {
  readonly #maxTurns: number;

  constructor(env: Env, maxTurns: number) {
    super(env);
    if (!Number.isSafeInteger(maxTurns) || maxTurns < 1)
      throw new UsageError(`maxTurns: expected a whole number of at least 1, got ${maxTurns}`);
    this.#maxTurns = maxTurns;
  }

  override async reset(options: ResetOptions = {}): ReturnType<Env["reset"]> {
    const begun = await this.env.reset(options);
    return { ...begun, observation: this.#counted(begun.observation) };
  }

  override async step(action: Action): Promise<StepResult> {
    const result = await this.env.step(action);
    const observation = this.#counted(result.observation);
    if (result.terminated || result.truncated || observation.turn < this.#maxTurns)
      return { ...result, observation };
    const { reward, turns, stopReason, answer } = await this.env.abandon("max_turns");
    const earned = reward && (turns.at(-1)?.reward ?? reward.total);
    const info = { ...result.info, reward, stopReason, answer: answer?.text ?? null };
    return { observation, reward: earned, terminated: false, truncated: true, info };
  }

  #counted(observation: Observation): Observation {
    return { ...observation, turnsLeft: Math.min(observation.turnsLeft, this.#maxTurns - observation.turn) };
  }
}
