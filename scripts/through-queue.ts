/** Plays a plan through the work queue of this process: leases, attempts, and a journal in the run's folder. */
import { hostname } from "node:os";
import { join } from "node:path";
import { EmbeddedQueue } from "../src/queue/embedded-queue.ts";
import { mayPass } from "../src/queue/passing-fault.ts";
import { openJournal } from "../src/queue/queue-journal.ts";
import type { Lease } from "../src/queue/queue.ts";
import { workThrough } from "../src/queue/work.ts";
import { type PlannedEpisode, playEpisode } from "../src/rollout.ts";
import { canaryOf } from "../src/sealing.ts";
import type { Trajectory } from "../src/trajectory.ts";

/** Nobody but this process holds leases, and it dies with them: they only guard against a lost play. */
const LEASE_MS = 300_000;

export interface NamedEpisode extends PlannedEpisode {
  readonly reset: PlannedEpisode["reset"] & { readonly rolloutId: string };
}

export interface ThroughQueue {
  readonly folder: string;
  readonly concurrency: number;
  /** At each episode. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  /** True where another attempt would meet the same fault. */
  readonly isHopeless: (trajectory: Trajectory) => boolean;
  /** An attempt that failed and will be made again. */
  readonly onRetry: (trajectory: Trajectory) => Promise<void>;
  readonly onEnd: (trajectory: Trajectory) => Promise<void>;
}

/** The plan is read as there is room. The first error of a callback, of an environment or of the signal ends it and is thrown. */
export async function playThroughQueue(
  plan: AsyncIterable<NamedEpisode>,
  options: ThroughQueue,
): Promise<void> {
  const { folder, concurrency, signal } = options;
  const journal = await openJournal(join(folder, "journal.jsonl"));
  const queue = new EmbeddedQueue({
    maxAttempts: options.attempts,
    leaseMs: LEASE_MS,
    room: concurrency,
    journal,
  });
  const worker = `${hostname()}:${process.pid}`;
  const planned = new Map<string, NamedEpisode>();
  const stop = new AbortController();
  const cut = AbortSignal.any([signal, stop.signal]);
  const play = async (lease: Lease, own: AbortSignal) => {
    const trajectory = await playEpisode(planned.get(lease.job.id)!, own);
    const { error } = trajectory;
    const retry = error !== null && !lease.last && mayPass(error) && !options.isHopeless(trajectory);
    await (retry ? options.onRetry(trajectory) : options.onEnd(trajectory));
    if (!retry) planned.delete(lease.job.id);
    return error && { kind: error.kind, message: messageFor(trajectory, error.message), retry };
  };
  const fill = async () => {
    try {
      for await (const episode of plan) {
        const { rolloutId: id, seed = 0, policy = "" } = episode.reset;
        planned.set(id, episode);
        await queue.add({ id, payload: { task: episode.reset.task?.id ?? null, policy, seed } }, cut);
      }
    } finally {
      await queue.seal();
    }
  };
  try {
    await journal.write({ event: "begun", worker });
    const working = workThrough(queue, { worker, concurrency, signal, play }).catch((error: unknown) => {
      stop.abort(error);
      throw error;
    });
    const [worked, filled] = await Promise.allSettled([working, fill()]);
    for (const part of [worked, filled]) if (part.status === "rejected") throw part.reason as Error;
    await journal.write({ event: "ended", worker });
  } finally {
    await queue.close();
  }
}

/** A fault's words may repeat a prompt, which for an encrypted set stands nowhere in plain. */
function messageFor({ task }: Trajectory, message: string): string {
  return canaryOf(task) === null ? message : "told in the record, which is encrypted";
}
