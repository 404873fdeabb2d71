/** The work queue of rollouts: the contract that every driver keeps. */
import { NO_JOURNAL, type QueueJournal } from "./queue-journal.ts";
import type { JsonObject } from "../types.ts";

/** A rollout to play. Plain data that refers to tasks by name; it holds no context. */
export interface RolloutJob {
  /** The rollout's id, which depends only on what is to be played; a second job with the same id is the same job. */
  readonly id: string;
  readonly payload: JsonObject;
}

/** The right to play a job, as long as the holder sends heartbeats. */
export interface Lease {
  readonly job: RolloutJob;
  /** From 1. */
  readonly attempt: number;
  /** True if a failure of this attempt is final. */
  readonly last: boolean;
  readonly worker: string;
  /** Identifies this one lease. */
  readonly token: string;
}

/** Why an attempt failed. `retry`: an infrastructure fault that may be temporary. */
export interface AttemptFailure {
  readonly kind: string;
  readonly message: string;
  readonly retry: boolean;
}

/** The number of jobs in each state, at one moment. */
export interface QueueCounts {
  /** Jobs that nobody is playing, including those that wait after a failure. */
  readonly waiting: number;
  readonly leased: number;
  readonly done: number;
  /** Jobs whose last attempt failed. */
  readonly failed: number;
}

/**
 * Hands out each job until one attempt succeeds or the attempts are used up. A job whose holder falls silent is handed out
 * again, so it may be played twice at the same time: whoever writes the records must keep one of them.
 */
export interface RolloutQueue {
  /** Waits until there is room. Returns false, and adds nothing, if the queue knows the id. */
  add(job: RolloutJob, signal?: AbortSignal): Promise<boolean>;
  /** Says that no more jobs will be added. */
  closeIntake(): Promise<void>;
  /** Waits for a job. Null once the intake is closed and all jobs are done or failed, or if the queue is closed. */
  lease(worker: string, signal?: AbortSignal): Promise<Lease | null>;
  /** Keeps a lease. False if it is lost: another worker may have the job. */
  heartbeat(lease: Lease): Promise<boolean>;
  /** The job is done and its record is on disk. False if the lease is lost. */
  complete(lease: Lease): Promise<boolean>;
  /** The attempt failed: the job is handed out again after a growing wait, or has failed for good. False if the lease is lost. */
  fail(lease: Lease, failure: AttemptFailure): Promise<boolean>;
  counts(): Promise<QueueCounts>;
  /** Releases everything; leases still held are lost. */
  close(): Promise<void>;
}

/** How drivers treat attempts. */
export interface AttemptOptions {
  /** The most attempts at a job; default 3. */
  readonly maxAttempts?: number;
  /** Milliseconds to wait after the first failure; doubled after each further one, at most half a minute. Default 1000. */
  readonly backoffMs?: number;
  /** A lease without a heartbeat for this many milliseconds is lost; default 30,000. */
  readonly leaseMs?: number;
  /** Jobs that may wait in the queue before `add` blocks; default 64. */
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

/** The fields by which the journal names an attempt. */
export function attemptOf({ job, attempt, worker }: Lease) {
  return { job: job.id, attempt, worker };
}

/** Why an attempt whose heartbeats stopped has ended. */
export const FELL_SILENT = { kind: "lost", message: "its holder fell silent" } as const;

/** The wait after a failed attempt, in milliseconds. */
export function backoffAfter(attempt: number, backoffMs: number): number {
  return Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
}
