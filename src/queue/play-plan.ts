/** Plays many episodes in this process, over the queue that runs use too. */
import { playEpisode, type PlannedEpisode } from "../episode/rollout.ts";
import type { Trajectory } from "../trajectory.ts";
import { EmbeddedQueue } from "./embedded-queue.ts";
import { fill } from "./fill.ts";
import { mayPass } from "./faults.ts";
import type { Lease } from "./queue.ts";
import { workThrough } from "./work.ts";

/** Nobody but this process holds leases: they only guard against a lost play. */
const LEASE_MS = 300_000;

/** How a plan of episodes is played in this process. */
export interface PlayPlanOptions {
  /** Episodes at a time. */
  readonly concurrency: number;
  /** At an episode that a fault of the machinery ended, where the fault may pass; default 1. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubled for each one after. Default 1000. */
  readonly backoffMs?: number;
  /** Hears of each episode once, when it has ended. */
  readonly onEnd: (trajectory: Trajectory) => Promise<void>;
  /** Hears of each attempt that failed and is made again. */
  readonly onRetry?: (trajectory: Trajectory) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Plays planned episodes and hands over each record as it ends. The plan is read as there is room, so that memory does not
 * grow with its length. The first error of `onEnd` or of an environment, or the signal, cuts what is under way and is thrown;
 * an error of the plan itself lets what is under way end first.
 */
export async function playPlan(
  plan: Iterable<PlannedEpisode> | AsyncIterable<PlannedEpisode>,
  options: PlayPlanOptions,
): Promise<void> {
  const { concurrency, attempts = 1, onEnd, onRetry, signal } = options;
  const waits = options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs };
  const queue = new EmbeddedQueue({ maxAttempts: attempts, leaseMs: LEASE_MS, room: 1, ...waits });
  const episodes = new Map<string, PlannedEpisode>();
  const stop = new AbortController();
  const cut = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  const jobs = async function* () {
    let count = 0;
    for await (const episode of plan) {
      const id = String((count += 1));
      episodes.set(id, episode);
      yield { id, payload: {} };
    }
  };
  const play = async ({ job, last }: Lease, own: AbortSignal) => {
    const trajectory = await playEpisode(episodes.get(job.id)!, own);
    const { error } = trajectory;
    const retry = error !== null && !last && mayPass(error);
    if (retry) await onRetry?.(trajectory);
    else {
      await onEnd(trajectory);
      episodes.delete(job.id);
    }
    return error && { ...error, retry };
  };
  const work = async () => {
    try {
      await workThrough(queue, { worker: "plan", concurrency, signal: cut, play });
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  try {
    for (const part of await Promise.allSettled([work(), fill(jobs(), queue, cut)]))
      if (part.status === "rejected") throw part.reason as Error;
  } finally {
    await queue.close();
  }
}
