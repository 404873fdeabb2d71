/** A wrapper that keeps the record of every episode, as a rollout does: each is on disk before the next one begins. */
import type { RunWriter } from "../../runs/run-writer.ts";
import type { Trajectory } from "../../trajectory.ts";
import { EndWrapper, type Subject } from "./end-wrapper.ts";
import type { Env } from "../../episode/contract.ts";

/** Something that stores records: a run's writer, or the caller's own. */
export type RecordKeeper = Pick<RunWriter, "append">;

/**
 * Stores each ended episode with its context and reference. The caller closes the keeper. A run takes each rollout only once:
 * give repetitions a name with `reset({ rolloutId })`.
 */
export class Recorder extends EndWrapper {
  readonly #keeper: RecordKeeper;

  constructor(env: Env, keeper: RecordKeeper) {
    super(env);
    this.#keeper = keeper;
  }

  protected override async atEnd(
    trajectory: Trajectory,
    subject: () => Promise<Subject>,
  ): Promise<Trajectory> {
    const { task, reference } = await subject();
    await this.#keeper.append(trajectory, task.context, reference);
    return trajectory;
  }
}
