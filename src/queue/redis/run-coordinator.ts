/** A run whose queue is on Redis, as its coordinator has it. */
import type { Redis } from "ioredis";
import type { QueueJournal } from "../queue-journal.ts";
import type { AttemptFailure, Lease, RolloutJob } from "../queue.ts";
import { BullMqQueue } from "./bullmq-queue.ts";
import { ForeignRecordError } from "../job-payload.ts";
import { type Receipt, RefusedReport, type Report } from "./expect-report.ts";
import { readReports } from "./reports.ts";
import { RunPresence, type RunNotice } from "./run-presence.ts";
import type { Trajectory } from "../../trajectory.ts";

/** Jobs that wait on Redis ahead of those that are played. */
const ROOM = 1000;

type Take = (lease: Lease, trajectory: Trajectory) => Promise<AttemptFailure | null>;

export class RedisRun {
  readonly #redis: Redis;
  readonly #notice: RunNotice;
  readonly #onRefused: (message: string) => void;
  #presence: RunPresence | null = null;
  #queue: BullMqQueue | null = null;
  /** Set while there are jobs to put back where the server lost them. */
  outstanding: () => Iterable<RolloutJob> = () => [];

  /** @param onRefused hears of what others wrote there that is not of the run */
  constructor(redis: Redis, notice: RunNotice, onRefused: (message: string) => void) {
    this.#redis = redis;
    this.#notice = notice;
    this.#onRefused = onRefused;
  }

  /** Takes the run's name on the server. Throws as `RunPresence.claim` does. */
  async claim(): Promise<void> {
    this.#presence = await RunPresence.claim(this.#redis, this.#notice, () => {
      void this.#queue?.putBack(this.outstanding()).catch(() => {});
    });
  }

  get beats(): { readonly heartbeatMs: number } {
    return { heartbeatMs: this.#notice.leaseMs / 3 };
  }

  async open(journal: QueueJournal): Promise<BullMqQueue> {
    const { run, configSha256, attempts: maxAttempts, leaseMs } = this.#notice;
    const own = { write: (event) => journal.write(event), close: async () => {} } satisfies QueueJournal;
    const options = { redis: this.#redis, run, configSha256, maxAttempts, leaseMs, room: ROOM, journal: own };
    this.#queue = await BullMqQueue.open(options);
    await this.#queue.reopen();
    return this.#queue;
  }

  /** Takes what workers played, until the signal aborts. */
  takeReports(signal: AbortSignal, journal: QueueJournal, take: Take): Promise<void> {
    const takeOne = async (report: Report): Promise<Receipt | null> => {
      if (report.kind === "event") {
        await journal.write(report.event);
        return null;
      }
      const { lease, trajectory } = report;
      const failure = await take(lease, trajectory).catch((error: unknown) => {
        if (error instanceof ForeignRecordError)
          throw new RefusedReport(error.message, lease, { cause: error });
        throw error;
      });
      const place = { job: lease.job.id, attempt: lease.attempt, worker: lease.worker };
      if (failure === null) await journal.write({ event: "done", ...place });
      else {
        const { kind, message, retry } = failure;
        await journal.write({ event: retry ? "retried" : "failed", ...place, kind, message });
      }
      return { token: lease.token, again: failure?.retry ?? false };
    };
    const { run } = this.#notice;
    return readReports({ redis: this.#redis, run, signal, take: takeOne, onRefused: this.#onRefused });
  }

  /** For a coordinator that plays nothing itself. */
  untilSettled(signal: AbortSignal): Promise<void> {
    return this.#queue!.untilSettled(signal);
  }

  /** Takes the run off the server, with its jobs. */
  async end(): Promise<void> {
    await this.#presence?.end();
    const { run, configSha256 } = this.#notice;
    const queue = await BullMqQueue.open({ redis: this.#redis, run, configSha256 });
    await queue.remove();
    await queue.close();
  }

  /** Leaves the run on the server for whoever resumes it. */
  leave(): void {
    this.#presence?.leave();
    this.#redis.disconnect();
  }
}
