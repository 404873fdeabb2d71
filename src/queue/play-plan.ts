/** Plays many episodes in this process, through the queue that runs also use. */
import { playEpisode, type PlannedEpisode } from "../episode/rollout.ts";
import type { Trajectory } from "../trajectory.ts";
import { EmbeddedQueue } from "./embedded-queue.ts";
import { fill } from "./fill.ts";
import { mayPass } from "./faults.ts";
import type { Lease } from "./queue.ts";
import { workThrough } from "./work.ts";

/** No other process holds leases: they only guard against an attempt that gets lost. */
const LEASE_MS = 300_000;

/** How to play a plan of episodes in this process. */
export interface PlayPlanOptions {
  /** Episodes at a time. */
  readonly concurrency: number;
  /** Attempts at an episode that ended with a temporary infrastructure fault; default 1. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubled before each further one. Default 1000. */
  readonly backoffMs?: number;
  /** Called once for each episode, when it has ended. */
  readonly onEnd: (trajectory: Trajectory) => Promise<void>;
  /** Called for each failed attempt that will be repeated. */
  readonly onRetry?: (trajectory: Trajectory) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Plays planned episodes and hands over each record as it ends. Reads the plan as room allows, so that memory does not
 * grow with its length. The first error of `onEnd` or of an environment, or the signal, cuts running episodes and is thrown;
 * an error of the plan itself is thrown after running episodes have ended.
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
