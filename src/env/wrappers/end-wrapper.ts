/** The base of wrappers that act on the record of each ended episode, however it ended. */
import { type ResetOptions, type StepResult, type Env } from "../../episode/contract.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { Action, Reference, Task } from "../../types.ts";
import { Wrapper } from "./wrapper.ts";

/** The task of an episode with its context, and the gold if there is any. */
export interface Subject {
  readonly task: Task;
  readonly reference: Reference | null;
}

/** Calls `atEnd` with the record of each ended episode. */
export abstract class EndWrapper extends Wrapper {
  #reset: ResetOptions = {};
  #record: Trajectory | null = null;

  /** Called once an episode has ended. Its result is the episode's record from then on. */
  protected abstract atEnd(trajectory: Trajectory, subject: () => Promise<Subject>): Promise<Trajectory>;

  override get trajectory(): Trajectory {
    return this.#record ?? this.env.trajectory;
  }

  override async reset(options: ResetOptions = {}): ReturnType<Env["reset"]> {
    this.#reset = options;
    this.#record = null;
    return this.env.reset(options);
  }

  override async step(action: Action): Promise<StepResult> {
    const result = await this.env.step(action);
    if (!result.terminated && !result.truncated) return result;
    const { reward, turns } = await this.#end(this.env.trajectory);
    const earned = reward && (turns.at(-1)?.reward ?? reward.total);
    return { ...result, reward: earned, info: { ...result.info, reward } };
  }

  override async abandon(...why: Parameters<Env["abandon"]>): Promise<Trajectory> {
    const trajectory = await this.env.abandon(...why);
    return this.#record ?? this.#end(trajectory);
  }

  async #end(trajectory: Trajectory): Promise<Trajectory> {
    this.#record = await this.atEnd(trajectory, () => this.#subjectOf(trajectory));
    return this.#record;
  }

  async #subjectOf({ seed }: Trajectory): Promise<Subject> {
    const { task, reference = null } = this.#reset;
    return task ? { task, reference } : this.env.problem(seed);
  }
}
