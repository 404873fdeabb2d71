/** The work queue on Redis, over BullMQ. Its jobs outlive every process, and any number of machines take them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { QueueJournal } from "../queue-journal.ts";
import {
  type AttemptFailure,
  type AttemptOptions,
  backoffAfter,
  FELL_SILENT,
  type Lease,
  attemptOf,
  type QueueCounts,
  resolved,
  type RolloutJob,
  type RolloutQueue,
} from "../queue.ts";
import { Waiters } from "../waiters.ts";
import { jobIdOf } from "./bullmq-details.ts";
import { LeaseDispenser } from "./lease-dispenser.ts";
import { anyJobWorker } from "./any-job-worker.ts";
import { redisPackages } from "./packages.ts";
import { hastenMisdated } from "./misdated-jobs.ts";
import { ifStillHeld } from "./still-held.ts";

/** The beginning of all keys of rlm-gym. */
export const PREFIX = "rlm-gym";
/** How often the queue looks for changes that other processes made. */
const LOOK_MS = 250;
/** How often the queue looks for jobs that wait because a clock was set. */
const CLOCK_MS = 1000;
/** Seconds that a request for a job blocks before it is repeated. */
const BLOCK_SECONDS = 2;

/** The run that the queue belongs to, and how it treats attempts. */
export interface BullMqOptions extends AttemptOptions {
  /** A connection of the caller's, which the caller closes. */
  readonly redis: Redis;
  /** The run's name, which separates it from other runs on the same server. */
  readonly run: string;
  /** The hash of the configuration: a job is the same job only under the same configuration. */
  readonly configSha256: string;
  readonly journal?: QueueJournal;
}

/** The queue of a run, as its coordinator and each worker open it. */
export class BullMqQueue implements RolloutQueue {
  readonly #options: Resolved;
  readonly #queue: Queue;
  readonly #worker: Worker;
  readonly #dispenser: LeaseDispenser<Job>;
  readonly #intakeClosedKey: string;
  readonly #forRoom = new Waiters();
  readonly #watches: readonly NodeJS.Timeout[];
  /** Jobs that may be added before the server is asked for its counts again. */
  #credit = 0;
  readonly #held = new Map<string, Job>();
  readonly #unrecoverable: Final;
  #intakeClosed = false;
  #closed = false;

  private constructor(options: Resolved, queue: Queue, worker: Worker, unrecoverable: Final) {
    this.#options = options;
    this.#queue = queue;
    this.#worker = worker;
    this.#unrecoverable = unrecoverable;
    this.#intakeClosedKey = queue.toKey("intake-closed");
    this.#dispenser = new LeaseDispenser({
      fetch: async (token) => (await worker.getNextJob(token)) ?? null,
      giveBack: (job) => job.moveToWait(job.token).catch(() => {}),
      isSettled: () => this.#isSettled(),
    });
    this.#watches = [
      setInterval(() => this.#look(), LOOK_MS),
      setInterval(() => void hastenMisdated(queue, options.redis).catch(() => {}), CLOCK_MS),
    ];
    for (const watch of this.#watches) watch.unref();
    // Commands wait until the server is back, so that these errors need no answer.
    queue.on("error", () => {});
    worker.on("error", () => {});
    worker.on("stalled", (id) => void this.#reportLost(id).catch(() => {}));
  }

  /** Throws `UsageError` if the packages are missing. */
  static async open(given: BullMqOptions): Promise<BullMqQueue> {
    const { bullmq } = await redisPackages();
    const options = resolved(given);
    const connection = options.redis;
    const common = { connection, prefix: PREFIX, skipVersionCheck: true, skipWaitingForReady: true };
    const queue = new bullmq.Queue(options.run, common);
    const worker = new (anyJobWorker(bullmq))(options.run, null, {
      ...common,
      autorun: false,
      lockDuration: options.leaseMs,
      stalledInterval: Math.max(1, options.leaseMs / 4),
      // This class counts attempts, including stalled ones.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      drainDelay: BLOCK_SECONDS,
      settings: { backoffStrategy: (attempt: number) => backoffAfter(attempt, options.backoffMs) },
    });
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    await worker.startStalledCheckTimer();
    return new BullMqQueue(options, queue, worker, (message) => new bullmq.UnrecoverableError(message));
  }

  async add(job: RolloutJob, signal?: AbortSignal): Promise<boolean> {
    const { run, configSha256, redis } = this.#options;
    const jobId = jobIdOf(run, configSha256, job.id);
    if ((await redis.exists(this.#queue.toKey(jobId))) === 1) return false;
    while (!this.#closed && this.#credit <= 0) {
      this.#credit = this.#options.room - (await this.counts()).waiting;
      if (this.#credit <= 0) await this.#forRoom.turn(signal);
    }
    this.#credit -= 1;
    const attempts = this.#options.maxAttempts;
    await this.#queue.add(job.id, job.payload, { jobId, attempts, backoff: { type: "custom" } });
    return true;
  }

  async closeIntake(): Promise<void> {
    this.#intakeClosed = true;
    await this.#options.redis.set(this.#intakeClosedKey, "1");
    this.#look();
  }

  async lease(worker: string, signal?: AbortSignal): Promise<Lease | null> {
    for (;;) {
      signal?.throwIfAborted();
      const job = this.#closed ? null : await this.#dispenser.take(signal);
      if (job === null) return null;
      this.#forRoom.wakeOne();
      const attempt = job.attemptsMade + job.stalledCounter + 1;
      const last = attempt >= this.#options.maxAttempts;
      // Others may have written a job without a name.
      const { name }: { readonly name: unknown } = job;
      const lease = {
        job: { id: typeof name === "string" ? name : "", payload: job.data },
        attempt,
        last,
        worker,
        token: job.token!,
      };
      if (attempt <= this.#options.maxAttempts) {
        this.#held.set(lease.token, job);
        await this.#options.journal.write({ event: "leased", ...attemptOf(lease) });
        return lease;
      }
      await ifStillHeld(job.moveToFailed(this.#unrecoverable(FELL_SILENT.message), lease.token, false));
      await this.#options.journal.write({ event: "failed", ...attemptOf(lease), ...FELL_SILENT });
    }
  }

  async heartbeat(lease: Lease): Promise<boolean> {
    const job = this.#held.get(lease.token);
    return job !== undefined && (await job.extendLock(lease.token, this.#options.leaseMs)) === 1;
  }

  async complete(lease: Lease): Promise<boolean> {
    const job = this.#letGo(lease);
    if (!job || !(await ifStillHeld(job.moveToCompleted(null, lease.token, false)))) return false;
    this.#look();
    await this.#options.journal.write({ event: "done", ...attemptOf(lease) });
    return true;
  }

  async fail(lease: Lease, { kind, message, retry }: AttemptFailure): Promise<boolean> {
    const job = this.#letGo(lease);
    if (!job) return false;
    const again = retry && !lease.last;
    const error = again ? new Error(message) : this.#unrecoverable(message);
    if (!(await ifStillHeld(job.moveToFailed(error, lease.token, false)))) return false;
    this.#look();
    await this.#options.journal.write({
      event: again ? "retried" : "failed",
      ...attemptOf(lease),
      kind,
      message,
    });
    return true;
  }

  async counts(): Promise<QueueCounts> {
    const counts = await this.#queue.getJobCounts(
      "waiting",
      "delayed",
      "prioritized",
      "active",
      "completed",
      "failed",
    );
    const { waiting = 0, delayed = 0, prioritized = 0, active = 0, completed = 0, failed = 0 } = counts;
    return { waiting: waiting + delayed + prioritized, leased: active, done: completed, failed };
  }

  /** Removes ended jobs, so that those that failed, or whose records were lost since, can be added again. */
  async reopen(): Promise<void> {
    await this.#options.redis.del(this.#intakeClosedKey);
    for (const state of ["completed", "failed"] as const)
      while ((await this.#queue.clean(0, 1000, state)).length === 1000);
  }

  /** Adds the jobs again that a server lost when it came back empty. */
  async putBack(jobs: Iterable<RolloutJob>): Promise<void> {
    this.#credit = 0;
    for (const job of jobs) await this.add(job);
    if (this.#intakeClosed) await this.closeIntake();
  }

  /** Waits until the intake is closed and all jobs are done or failed. Throws the signal's reason. */
  async untilSettled(signal: AbortSignal): Promise<void> {
    while (!(await this.#isSettled())) await sleep(LOOK_MS, undefined, { signal });
  }

  /** Removes the queue with all its jobs. */
  async remove(): Promise<void> {
    await this.#queue.obliterate({ force: true });
    await this.#options.redis.del(this.#intakeClosedKey);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const watch of this.#watches) clearInterval(watch);
    this.#forRoom.wakeAll();
    this.#held.clear();
    this.#dispenser.close();
    await this.#worker.close(true);
    await this.#queue.close();
    await this.#options.journal.close();
  }

  #letGo({ token }: Lease): Job | undefined {
    const job = this.#held.get(token);
    this.#held.delete(token);
    return job;
  }

  async #isSettled(): Promise<boolean> {
    if ((await this.#options.redis.exists(this.#intakeClosedKey)) === 0) return false;
    const { waiting, leased } = await this.counts();
    return waiting + leased === 0;
  }

  #look(): void {
    this.#forRoom.wakeAll();
    this.#dispenser.look();
  }

  async #reportLost(jobId: string): Promise<void> {
    const job = await this.#queue.getJob(jobId);
    if (!job) return;
    const attempt = job.attemptsMade + job.stalledCounter;
    await this.#options.journal.write({ event: "lost", job: job.name, attempt, ...FELL_SILENT });
  }
}

type Resolved = ReturnType<typeof resolved<BullMqOptions>>;
/** Makes an error after which BullMQ does not try again. */
type Final = (message: string) => Error;
