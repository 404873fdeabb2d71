/** The coordinator's side of a run whose queue is on Redis. */
import type { Redis } from "ioredis";
import type { QueueJournal } from "../queue-journal.ts";
import { attemptOf, type AttemptFailure, type Lease, type RolloutJob } from "../queue.ts";
import { BullMqQueue } from "./bullmq-queue.ts";
import { ForeignRecordError } from "../job-payload.ts";
import { type Receipt, RefusedReport, type Report } from "./expect-report.ts";
import { readReports } from "./reports.ts";
import { RunPresence, type RunNotice } from "./run-presence.ts";
import type { Trajectory } from "../../trajectory.ts";

/** Jobs that may wait on Redis. */
const ROOM = 1000;

type Take = (lease: Lease, trajectory: Trajectory) => Promise<AttemptFailure | null>;

/** Announces the run, opens its queue, and takes its reports. */
export class RedisRun {
  readonly #redis: Redis;
  readonly #notice: RunNotice;
  readonly #onRefused: (message: string) => void;
  #presence: RunPresence | null = null;
  #queue: BullMqQueue | null = null;
  /** The jobs to add again if the server loses them. */
  outstanding: () => Iterable<RolloutJob> = () => [];

  /** @param onRefused called for each report that does not belong to the run */
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

  /** Passes on what workers played, until the signal aborts. */
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
      if (failure === null) await journal.write({ event: "done", ...attemptOf(lease) });
      else {
        const { kind, message, retry } = failure;
        await journal.write({ event: retry ? "retried" : "failed", ...attemptOf(lease), kind, message });
      }
      return { token: lease.token, again: failure?.retry ?? false };
    };
    const { run } = this.#notice;
    return readReports({ redis: this.#redis, run, signal, take: takeOne, onRefused: this.#onRefused });
  }

  /** Waits for the workers, in a coordinator that plays nothing itself. */
  untilSettled(signal: AbortSignal): Promise<void> {
    return this.#queue!.untilSettled(signal);
  }

  /** Removes the run and its jobs from the server. */
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
