/** Plays a plan through the work queue, in this process, in several of this machine, or on Redis, with leases, attempts, and a journal in the run's folder. */
import { hostname } from "node:os";
import { join } from "node:path";
import { RunError } from "../errors.ts";
import { EmbeddedQueue } from "./embedded-queue.ts";
import { fill } from "./fill.ts";
import { mayPass } from "./faults.ts";
import { NO_JOURNAL, openJournal, type QueueJournal } from "./queue-journal.ts";
import type { AttemptFailure, Lease, RolloutJob, RolloutQueue } from "./queue.ts";
import { workThrough } from "./work.ts";
import { playEpisode } from "../episode/rollout.ts";
import { openWords } from "../data/encryption.ts";
import type { Trajectory } from "../trajectory.ts";
import { failureOf, ForeignRecordError } from "./job-payload.ts";
import type { JobStore } from "./run-jobs.ts";
import { type Players, ProcessDied } from "./processes/players.ts";
import type { RedisRun } from "./redis/run-coordinator.ts";

/** No other process holds leases: they only guard against an attempt that gets lost. */
const LEASE_MS = 300_000;

/** How to play a run through its queue. */
export interface ThroughQueue {
  /** The folder of the journal; null for none. */
  readonly folder: string | null;
  /** Episodes at a time; 0 if only workers play, which needs a queue on Redis. */
  readonly concurrency: number;
  /** Attempts at each episode. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly jobs: JobStore;
  /** Null for the queue of this process. */
  readonly remote: RedisRun | null;
  /**
   * Other processes of this machine, which play the episodes; null: this process does. It also plays until they have begun, which
   * they do once an episode has ended.
   */
  readonly players: Players | null;
  /** Whether an episode may begin while the record of the last one is being written; not if that changes what is played. */
  readonly isAhead: boolean;
  readonly hasEnded: (rolloutId: string) => boolean;
  /** True if another attempt would end with the same fault. */
  readonly isHopeless: (trajectory: Trajectory) => boolean;
  /** Called for each failed attempt that will be repeated. */
  readonly onRetry: (trajectory: Trajectory) => Promise<void>;
  readonly onEnd: (trajectory: Trajectory) => Promise<void>;
}

/** Reads the plan as room allows. The first error of a callback or of an environment, or the signal, ends the run and is thrown. */
export async function playThroughQueue(
  plan: AsyncIterable<RolloutJob>,
  options: ThroughQueue,
): Promise<void> {
  const { folder, concurrency, signal, jobs, remote, players } = options;
  const stop = new AbortController();
  const log = folder === null ? NO_JOURNAL : await openJournal(join(folder, "journal.jsonl"));
  const journal = doneOnce(unawaited(log, (error) => stop.abort(error)));
  const worker = `${hostname()}:${process.pid}`;
  const cut = AbortSignal.any([signal, stop.signal]);
  const take = async ({ job, last }: Lease, trajectory: Trajectory): Promise<AttemptFailure | null> => {
    // A job that was played twice counts once.
    if (options.hasEnded(job.id)) return null;
    await jobs.adopt(job);
    jobs.expectOwn(job, trajectory);
    const { error } = trajectory;
    const retry = error !== null && !last && mayPass(error) && !options.isHopeless(trajectory);
    await (retry ? options.onRetry(trajectory) : options.onEnd(trajectory));
    players?.begin().catch((reason: unknown) => stop.abort(reason));
    if (!retry) jobs.remove(job.id);
    return error && { ...error, message: openWords(trajectory.task, error.message), retry };
  };
  // Where one episode is played after the other, their records stand in that order.
  let lastTaken: Promise<unknown> = Promise.resolve();
  const takeInOrder = async (lease: Lease, trajectory: Trajectory) => {
    if (concurrency > 1) return await take(lease, trajectory);
    const taken = lastTaken.then(() => take(lease, trajectory));
    lastTaken = taken.catch(() => undefined);
    return await taken;
  };
  const play = async (lease: Lease, own: AbortSignal, release: () => void) => {
    if (options.hasEnded(lease.job.id)) return null;
    try {
      const trajectory = players?.haveBegun
        ? await players.play(lease.job, own)
        : await playEpisode(await jobs.episode(lease.job), own);
      // A fault may end the run before another episode begins.
      if (options.isAhead && trajectory.error === null) release();
      return await takeInOrder(lease, trajectory);
    } catch (error) {
      if (error instanceof ForeignRecordError) return failureOf(error);
      if (error instanceof ProcessDied) return { kind: "lost", message: error.message, retry: !lease.last };
      throw error;
    }
  };
  const queue: RolloutQueue = remote
    ? await remote.open(journal)
    : new EmbeddedQueue({ maxAttempts: options.attempts, leaseMs: LEASE_MS, room: concurrency, journal });
  const work = () =>
    remote && concurrency === 0
      ? remote.untilSettled(cut)
      : workThrough(queue, { worker, concurrency, signal: cut, play, ...remote?.beats });
  const stopAll = (error: unknown) => {
    stop.abort(error);
    throw error;
  };
  try {
    await log.write({ event: "begun", worker });
    const parts = [work().catch(stopAll), fill(plan, queue, cut)];
    const done = new AbortController();
    const reports = Promise.allSettled([
      remote?.takeReports(AbortSignal.any([cut, done.signal]), journal, take).catch(stopAll),
    ]);
    const ended = await Promise.allSettled(parts);
    done.abort();
    const reported = await reports;
    // The error that stopped everything also ended the other parts.
    if (!signal.aborted) stop.signal.throwIfAborted();
    for (const part of [...ended, ...reported]) if (part.status === "rejected") throw part.reason as Error;
    if (jobs.size > 0)
      throw new RunError(`${jobs.size} episodes were lost with their workers; --resume plays them`);
    await log.write({ event: "ended", worker });
  } finally {
    await queue.close();
    await journal.close();
  }
}

/** Nobody waits for its lines, which are written in order: the records decide which episodes have ended. */
function unawaited(journal: QueueJournal, onError: (error: unknown) => void): QueueJournal {
  return {
    write: async (event) => void journal.write(event).catch(onError),
    close: () => journal.close(),
  };
}

/** Writes each job's end once: if a worker dies between the receipt of its record and the end of its job, another one ends it again. */
function doneOnce(journal: QueueJournal): QueueJournal {
  const done = new Set<string>();
  let closing: Promise<void> | undefined;
  return {
    write: async (event) => {
      if (event.event === "done" && event.job !== undefined) {
        if (done.has(event.job)) return;
        done.add(event.job);
      }
      await journal.write(event);
    },
    close: () => (closing ??= journal.close()),
  };
}
