/** Works through a queue: takes jobs, keeps their leases alive while they are played, and reports how they ended. */
import { untilAborted } from "../until-aborted.ts";
import type { AttemptFailure, Lease, RolloutQueue } from "./queue.ts";

/** How a worker goes through a queue. */
export interface WorkOptions {
  /** The worker's name in journal and status. */
  readonly worker: string;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Milliseconds between heartbeats; must be well below the queue's lease time. Default 10,000. */
  readonly heartbeatMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Plays a job and writes its record; null if it is done. The signal also aborts if the lease is lost: an error thrown
   * then is ignored. Any other error ends the work. `release` lets the next job begin while this one's record is being written.
   */
  readonly play: (lease: Lease, signal: AbortSignal, release: () => void) => Promise<AttemptFailure | null>;
}

/**
 * Returns when the queue has no more jobs. The first error of `play`, or the signal, cuts running jobs and is thrown;
 * the leases held then expire.
 */
export async function workThrough(queue: RolloutQueue, options: WorkOptions): Promise<void> {
  const failure = new AbortController();
  const cut = AbortSignal.any(options.signal ? [options.signal, failure.signal] : [failure.signal]);
  const takeJobs = async () => {
    // One record at a time is written behind each place: a slow disk slows the work down.
    let written = Promise.resolve();
    try {
      for (;;) {
        const lease = await queue.lease(options.worker, cut);
        if (lease === null) break;
        let playing = Promise.resolve();
        await new Promise<void>((release, refuse) => {
          playing = playOne(queue, lease, options, cut, release);
          playing.then(release, refuse);
        });
        await written;
        written = playing;
        playing.catch((error: unknown) => failure.abort(error));
      }
      await written;
    } catch (error) {
      failure.abort(error);
      await written.catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, takeJobs));
  cut.throwIfAborted();
}

async function playOne(
  queue: RolloutQueue,
  lease: Lease,
  { play, heartbeatMs = 10_000 }: WorkOptions,
  cut: AbortSignal,
  release: () => void,
): Promise<void> {
  const lost = new AbortController();
  let released = false;
  const beat = async () => {
    // The queue may be reachable again at the next beat.
    const kept = await queue.heartbeat(lease).catch(() => true);
    if (!kept) lost.abort(new Error(`the lease of ${lease.job.id} is lost`));
  };
  const beats = setInterval(() => void beat(), heartbeatMs);
  try {
    const stop = AbortSignal.any([cut, lost.signal]);
    let playing: Promise<AttemptFailure | null> | null = null;
    const ended = () => {
      released = true;
      release();
    };
    const failure = await untilAborted(stop, (own) => (playing = play(lease, own, ended))).catch(
      (error: unknown) => {
        // An episode that has ended is kept: its record is written, whatever stops the work.
        if (!released || playing === null) throw error;
        return playing;
      },
    );
    await (failure === null ? queue.complete(lease) : queue.fail(lease, failure));
  } catch (error) {
    cut.throwIfAborted();
    if (!lost.signal.aborted) throw error;
  } finally {
    clearInterval(beats);
  }
}
