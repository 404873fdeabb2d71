/** Keeps the record of every episode, as a rollout does: each one is on disk before the next begins. */
import type { RunWriter } from "../../runs/run-writer.ts";
import type { Trajectory } from "../../trajectory.ts";
import { EndWrapper, type Subject } from "./end-wrapper.ts";
import type { Env } from "../../episode/contract.ts";

/** What takes records in: a run's writer, or something of one's own. */
export type RecordKeeper = Pick<RunWriter, "append">;

/** The keeper is the caller's to close. One run takes each rollout once: name repetitions with `reset({ rolloutId })`. */
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
