/** The work queue within one process. */
import { randomUUID } from "node:crypto";
import type { QueueJournal } from "./queue-journal.ts";
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
} from "./queue.ts";
import { Waiters } from "./waiters.ts";

interface Waiting {
  readonly job: RolloutJob;
  readonly attempt: number;
}

interface Held {
  readonly lease: Lease;
  /** A reading of the monotonic clock, which does not change when the wall clock is set. */
  endsAt: number;
}

/** The queue of one process, in memory, with the same attempts and leases as the one on Redis. */
export class EmbeddedQueue implements RolloutQueue {
  readonly #options: ReturnType<typeof resolved<AttemptOptions>>;
  readonly #known = new Set<string>();
  readonly #ready: Waiting[] = [];
  readonly #delayed = new Set<NodeJS.Timeout>();
  readonly #held = new Map<string, Held>();
  readonly #forJob = new Waiters();
  readonly #forRoom = new Waiters();
  readonly #watch: NodeJS.Timeout;
  #done = 0;
  #failed = 0;
  #intakeClosed = false;
  #closed = false;

  constructor(options: AttemptOptions & { readonly journal?: QueueJournal } = {}) {
    this.#options = resolved(options);
    this.#watch = setInterval(() => this.#takeBackLost(), Math.max(1, this.#options.leaseMs / 4));
    this.#watch.unref();
  }

  async add(job: RolloutJob, signal?: AbortSignal): Promise<boolean> {
    if (this.#known.has(job.id)) return false;
    this.#known.add(job.id);
    while (!this.#closed && this.#waiting >= this.#options.room) await this.#forRoom.turn(signal);
    this.#ready.push({ job, attempt: 1 });
    this.#forJob.wakeOne();
    return true;
  }

  async closeIntake(): Promise<void> {
    this.#intakeClosed = true;
    this.#wakeIfSettled();
    return Promise.resolve();
  }

  async lease(worker: string, signal?: AbortSignal): Promise<Lease | null> {
    signal?.throwIfAborted();
    while (!this.#closed && this.#ready.length === 0) {
      if (this.#isSettled) return null;
      await this.#forJob.turn(signal);
    }
    const next = this.#closed ? undefined : this.#ready.shift();
    if (next === undefined) return null;
    const last = next.attempt >= this.#options.maxAttempts;
    const lease = { ...next, last, worker, token: randomUUID() };
    this.#held.set(lease.token, { lease, endsAt: performance.now() + this.#options.leaseMs });
    this.#forRoom.wakeOne();
    await this.#options.journal.write({ event: "leased", ...attemptOf(lease) });
    return lease;
  }

  async heartbeat(lease: Lease): Promise<boolean> {
    const held = this.#held.get(lease.token);
    if (held) held.endsAt = performance.now() + this.#options.leaseMs;
    return Promise.resolve(held !== undefined);
  }

  async complete(lease: Lease): Promise<boolean> {
    if (!this.#held.delete(lease.token)) return false;
    this.#done += 1;
    this.#wakeIfSettled();
    await this.#options.journal.write({ event: "done", ...attemptOf(lease) });
    return true;
  }

  async fail(lease: Lease, failure: AttemptFailure): Promise<boolean> {
    if (!this.#held.delete(lease.token)) return false;
    const { kind, message } = failure;
    const event = this.#handBack(lease, failure.retry, backoffAfter(lease.attempt, this.#options.backoffMs));
    await this.#options.journal.write({ event, ...attemptOf(lease), kind, message });
    return true;
  }

  counts(): Promise<QueueCounts> {
    const waiting = this.#waiting;
    return Promise.resolve({ waiting, leased: this.#held.size, done: this.#done, failed: this.#failed });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const timer of this.#delayed) clearTimeout(timer);
    this.#held.clear();
    this.#forJob.wakeAll();
    this.#forRoom.wakeAll();
    await this.#options.journal.close();
  }

  get #waiting(): number {
    return this.#ready.length + this.#delayed.size;
  }

  get #isSettled(): boolean {
    return this.#intakeClosed && this.#waiting + this.#held.size === 0;
  }

  #wakeIfSettled(): void {
    if (this.#isSettled) this.#forJob.wakeAll();
  }

  #handBack({ job, attempt, last }: Lease, retry: boolean, waitMs: number): "retried" | "failed" {
    if (!retry || last) {
      this.#failed += 1;
      this.#wakeIfSettled();
      return "failed";
    }
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      this.#ready.push({ job, attempt: attempt + 1 });
      this.#forJob.wakeOne();
    }, waitMs);
    this.#delayed.add(timer);
    return "retried";
  }

  #takeBackLost(): void {
    const now = performance.now();
    for (const [token, { lease, endsAt }] of this.#held) {
      if (now < endsAt) continue;
      this.#held.delete(token);
      const event = this.#handBack(lease, true, 0) === "failed" ? "failed" : "lost";
      this.#options.journal.write({ event, ...attemptOf(lease), ...FELL_SILENT }).catch(() => {});
    }
  }
}
