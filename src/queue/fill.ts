/** Brings a plan's jobs into a queue. */
import { untilAborted } from "../until-aborted.ts";
import type { RolloutJob, RolloutQueue } from "./queue.ts";

/** Reads the plan as there is room, and seals the queue at its end or where it throws, so that what was added is still played. */
export async function fill(
  plan: AsyncIterable<RolloutJob>,
  queue: RolloutQueue,
  cut: AbortSignal,
): Promise<void> {
  try {
    const jobs = plan[Symbol.asyncIterator]();
    // A plan may wait for what is under way, which after a cut does not end.
    const next = () => untilAborted(cut, () => jobs.next());
    for (let job = await next(); !job.done; job = await next()) await queue.add(job.value, cut);
  } finally {
    if (!cut.aborted) await queue.seal();
  }
}
