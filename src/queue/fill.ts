/** Adds a plan's jobs to a queue. */
import { untilAborted } from "../until-aborted.ts";
import type { RolloutJob, RolloutQueue } from "./queue.ts";

/** Reads the plan as room allows, and closes the intake at its end or if it throws, so that the added jobs are still played. */
export async function fill(
  plan: AsyncIterable<RolloutJob>,
  queue: RolloutQueue,
  cut: AbortSignal,
): Promise<void> {
  try {
    const jobs = plan[Symbol.asyncIterator]();
    // A plan may wait for running episodes, which never end after a cut.
    const next = () => untilAborted(cut, () => jobs.next());
    for (let job = await next(); !job.done; job = await next()) await queue.add(job.value, cut);
  } finally {
    if (!cut.aborted) await queue.closeIntake();
  }
}
