/**
 * Sends records from workers to the coordinator: a stream on Redis keeps each record until it is on the coordinator's disk, and
 * each worker has a list of receipts. A record that is sent twice is written once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Redis } from "ioredis";
import { canaryOf, encryptedLine } from "../../data/encryption.ts";
import { DataError, RunError } from "../../errors.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { JournalEvent } from "../queue-journal.ts";
import type { Lease } from "../queue.ts";
import {
  expectReport,
  type PlayedReport,
  type Receipt,
  receiptShape,
  RefusedReport,
  type Report,
} from "./expect-report.ts";
import { foreignValue } from "./foreign-json.ts";
import { runKey } from "./run-presence.ts";

const pack = promisify(gzip);
/** Reports that are read at a time; few, since each may be as long as Redis lets a value be. */
const BATCH = 4;
const BLOCK_SECONDS = 1;
const PAUSE_MS = 200;
/** A record without a receipt for so long is looked up, and sent again if the stream has lost it. */
const ASK_AGAIN_MS = 5000;

/** Where reports are read, and what is done with them. */
export interface ReportReader {
  readonly redis: Redis;
  readonly run: string;
  readonly signal: AbortSignal;
  /** Writes a report. Throws `RefusedReport` if it does not belong to the run. */
  readonly take: (report: Report) => Promise<Receipt | null>;
  /** Called with one line for each report that is dropped. */
  readonly onRefused: (message: string) => void;
}

/**
 * Passes each report to `take`, in order. Runs until the signal aborts. A report that does not belong to the run is dropped. Throws
 * what else `take` throws, and `RunError` if the key on the server is not a stream.
 */
export async function readReports(options: ReportReader): Promise<void> {
  const { redis, run, signal } = options;
  const key = runKey(run, "reports");
  const reader = redis.duplicate();
  reader.on("error", () => {});
  const leave = () => reader.disconnect();
  signal.addEventListener("abort", leave, { once: true });
  try {
    for (let last = "0"; !signal.aborted;) {
      const read = await reader
        .xreadBuffer("COUNT", BATCH, "BLOCK", BLOCK_SECONDS * 1000, "STREAMS", key, last)
        .catch((error: Error) => {
          if (error.message.startsWith("WRONGTYPE"))
            throw new RunError(`Redis: ${key} is not this run's stream of reports: ${error.message}`);
          return sleep(PAUSE_MS, null);
        });
      // A server that came back empty numbers its entries from the beginning.
      if (read === null) last = "0";
      for (const [id, fields] of (read?.[0]?.[1] ?? []) as [Buffer, Buffer[]][]) {
        if (signal.aborted) return;
        const { worker, receipt } = await taken(fields[1], `${key} ${id.toString()}`, options);
        if (worker !== null && receipt !== null) {
          const receipts = runKey(run, `receipts:${worker}`);
          await redis.rpush(receipts, JSON.stringify(receipt));
          await redis.expire(receipts, 600);
        }
        await redis.xdel(key, id);
        last = id.toString();
      }
    }
  } finally {
    signal.removeEventListener("abort", leave);
    reader.disconnect();
  }
}

/** Takes or refuses one report. Returns the worker that waits for a receipt, and the receipt. */
async function taken(
  bytes: Buffer | undefined,
  where: string,
  { take, onRefused }: ReportReader,
): Promise<{ readonly worker: string | null; readonly receipt: Receipt | null }> {
  try {
    const report = await expectReport(bytes, where);
    return {
      worker: report.kind === "played" ? report.lease.worker : null,
      receipt: await take(report),
    };
  } catch (error) {
    if (!(error instanceof RefusedReport)) throw error;
    const refused = error.message.slice(0, 1000);
    onRefused(`a report on Redis is dropped: ${refused}`);
    const { lease } = error;
    return { worker: lease?.worker ?? null, receipt: lease && { token: lease.token, again: false, refused } };
  }
}

/** The worker's side: sends records and waits for their receipts. */
export class ReportSender {
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #run: string;
  readonly #worker: string;
  readonly #waiting = new Map<string, (receipt: Receipt) => void>();
  #closed = false;

  constructor(redis: Redis, run: string, worker: string) {
    this.#redis = redis;
    this.#run = run;
    this.#worker = worker;
    this.#reader = redis.duplicate();
    this.#reader.on("error", () => {});
    void this.#readReceipts();
  }

  event(event: JournalEvent): Promise<void> {
    return this.#send({ kind: "event", event }).then(() => {});
  }

  /** Waits until the record is on the coordinator's disk. Throws the signal's reason, and `RunError` if the record is refused. */
  async played(lease: Lease, trajectory: Trajectory, signal: AbortSignal): Promise<Receipt> {
    const report: PlayedReport = { kind: "played", lease, trajectory };
    const receipt = new Promise<Receipt>((resolve) => this.#waiting.set(lease.token, resolve));
    let entryId = await this.#send(report);
    const asking = setInterval(() => {
      void this.#isLost(entryId)
        .then(async (lost) => {
          if (lost && this.#waiting.has(lease.token)) entryId = await this.#send(report);
        })
        .catch(() => {});
    }, ASK_AGAIN_MS);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    try {
      signal.throwIfAborted();
      const received = await Promise.race([receipt, aborted]);
      if (received.refused !== undefined)
        throw new RunError(`the coordinator refuses the record of ${lease.job.id}: ${received.refused}`);
      return received;
    } finally {
      clearInterval(asking);
      this.#waiting.delete(lease.token);
    }
  }

  close(): void {
    this.#closed = true;
    this.#reader.disconnect();
  }

  async #send(report: Report): Promise<string> {
    const canary = report.kind === "played" ? canaryOf(report.trajectory.task) : null;
    const body = await pack(JSON.stringify(encryptedLine(report, canary)));
    return (await this.#redis.xadd(runKey(this.#run, "reports"), "*", "report", body)) ?? "";
  }

  /** True if the stream no longer has the entry: the server lost it, or its receipt was lost. */
  async #isLost(entryId: string): Promise<boolean> {
    return (await this.#redis.xrange(runKey(this.#run, "reports"), entryId, entryId)).length === 0;
  }

  async #readReceipts(): Promise<void> {
    const key = runKey(this.#run, `receipts:${this.#worker}`);
    while (!this.#closed) {
      const found = await this.#reader.blpop(key, BLOCK_SECONDS).catch(() => sleep(PAUSE_MS, null));
      if (found === null) continue;
      try {
        const receipt = foreignValue(found[1], receiptShape, key);
        this.#waiting.get(receipt.token)?.(receipt);
      } catch (error) {
        // Not a receipt: the expected one may still come.
        if (!(error instanceof DataError)) throw error;
      }
    }
  }
}
