/** The work queue of rollouts: what every driver of it promises. */
import { NO_JOURNAL, type QueueJournal } from "./queue-journal.ts";
import type { JsonObject } from "../types.ts";

/** A rollout to be played. Plain data that refers to tasks by name; it holds no context. */
export interface RolloutJob {
  /** The rollout's id, which depends on what is asked for alone; a second job of the same id is the same job. */
  readonly id: string;
  readonly payload: JsonObject;
}

/** The right to play a job, for as long as the holder's heartbeats come. */
export interface Lease {
  readonly job: RolloutJob;
  /** From 1. */
  readonly attempt: number;
  /** True where a failure of this attempt is final. */
  readonly last: boolean;
  readonly worker: string;
  /** Of this one lease. */
  readonly token: string;
}

/** Why an attempt failed. `retry`: what failed is the machinery, and of a kind that may pass. */
export interface AttemptFailure {
  readonly kind: string;
  readonly message: string;
  readonly retry: boolean;
}

/** How many jobs are where, at one moment. */
export interface QueueCounts {
  /** Jobs that nobody plays, those that wait after a failure among them. */
  readonly waiting: number;
  readonly leased: number;
  readonly done: number;
  /** Jobs whose last attempt failed. */
  readonly failed: number;
}

/**
 * Hands each job out until one attempt at it is done or the attempts are used up. A job is handed out again where its
 * holder falls silent, so that it may be played twice at the same time: who writes the records down must take one of each.
 */
export interface RolloutQueue {
  /** Waits until there is room. False, and nothing is added, where the queue knows the id. */
  add(job: RolloutJob, signal?: AbortSignal): Promise<boolean>;
  /** Says that no more jobs will be added. */
  seal(): Promise<void>;
  /** Waits for a job. Null once the queue is sealed and all jobs are done or failed, or where it is closed. */
  lease(worker: string, signal?: AbortSignal): Promise<Lease | null>;
  /** Keeps a lease. False where it is lost: somebody else may have the job. */
  heartbeat(lease: Lease): Promise<boolean>;
  /** The job is done; its record is on disk. False where the lease is lost. */
  complete(lease: Lease): Promise<boolean>;
  /** The attempt failed: the job is handed out again after a growing wait, or has failed. False where the lease is lost. */
  fail(lease: Lease, failure: AttemptFailure): Promise<boolean>;
  counts(): Promise<QueueCounts>;
  /** Lets go of everything; leases that are held are lost. */
  close(): Promise<void>;
}

/** How drivers treat attempts. */
export interface AttemptOptions {
  /** Attempts at a job at most; default 3. */
  readonly maxAttempts?: number;
  /** Wait after the first failure; doubled for each one after, at most half a minute. Default 1000. */
  readonly backoffMs?: number;
  /** A lease without a heartbeat for so long is lost; default 30,000. */
  readonly leaseMs?: number;
  /** Jobs that may wait before `add` does; default 64. */
  readonly room?: number;
}

const ATTEMPT_DEFAULTS = { maxAttempts: 3, backoffMs: 1000, leaseMs: 30_000, room: 64 } as const;

export const MAX_BACKOFF_MS = 30_000;

/** The driver's options with its defaults. */
export function resolved<T extends AttemptOptions>(
  options: T & { readonly journal?: QueueJournal },
): T & Required<AttemptOptions> & { readonly journal: QueueJournal } {
  return { ...ATTEMPT_DEFAULTS, ...options, journal: options.journal ?? NO_JOURNAL };
}

/** Where an attempt stands, as the journal names it. */
export function placeOf({ job, attempt, worker }: Lease) {
  return { job: job.id, attempt, worker };
}

/** Why an attempt ends whose heartbeats stopped. */
export const FELL_SILENT = { kind: "lost", message: "its holder fell silent" } as const;

/** The wait after a failed attempt, in milliseconds. */
export function backoffAfter(attempt: number, backoffMs: number): number {
  return Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
}
