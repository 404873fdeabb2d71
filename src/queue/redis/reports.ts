/**
 * The way of records from workers to the coordinator: a stream on Redis that keeps each until it is on the coordinator's disk,
 * and a list of receipts for each worker. What is sent twice is the same record, and is written once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Redis } from "ioredis";
import { canaryOf, encryptedLine, decryptedLine } from "../../data/encryption.ts";
import type { Trajectory } from "../../trajectory.ts";

import type { JournalEvent } from "../queue-journal.ts";
import type { Lease } from "../queue.ts";
import { boardKey } from "./run-board.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const BATCH = 32;
const BLOCK_SECONDS = 1;
const PAUSE_MS = 200;
/** A record without a receipt for so long is looked for, and sent again where it is gone. */
const ASK_AGAIN_MS = 5000;

/** An attempt that a worker has played. */
export interface PlayedReport {
  readonly kind: "played";
  readonly lease: Lease;
  readonly trajectory: Trajectory;
}
export type Report = PlayedReport | { readonly kind: "event"; readonly event: JournalEvent };

/** What the coordinator says once a record is on disk. */
export interface Receipt {
  readonly token: string;
  /** True where the attempt is to be made again. */
  readonly again: boolean;
}

/**
 * Hands each report over, in order and as often as it takes for `take` not to throw; what `take` throws is thrown. Runs until
 * the signal aborts.
 */
export async function readReports(
  redis: Redis,
  run: string,
  signal: AbortSignal,
  take: (report: Report) => Promise<Receipt | null>,
): Promise<void> {
  const key = boardKey(run, "reports");
  const reader = redis.duplicate();
  reader.on("error", () => {});
  const leave = () => reader.disconnect();
  signal.addEventListener("abort", leave, { once: true });
  try {
    for (let last = "0"; !signal.aborted;) {
      const read = await reader
        .xreadBuffer("COUNT", BATCH, "BLOCK", BLOCK_SECONDS * 1000, "STREAMS", key, last)
        .catch(() => sleep(PAUSE_MS, null));
      // A server that came back empty begins its ids anew.
      if (read === null) last = "0";
      for (const [id, fields] of (read?.[0]?.[1] ?? []) as [Buffer, Buffer[]][]) {
        if (signal.aborted) return;
        const report = decryptedLine(JSON.parse((await unpack(fields[1]!)).toString("utf8")), key) as Report;
        const receipt = await take(report);
        if (receipt !== null && report.kind === "played") {
          const receipts = boardKey(run, `receipts:${report.lease.worker}`);
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

/** A worker's side: sends records and waits for their receipts. */
export class ReportDesk {
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

  /** Returns once the record is on the coordinator's disk. Throws the signal's reason. */
  async played(lease: Lease, trajectory: Trajectory, signal: AbortSignal): Promise<Receipt> {
    const report: PlayedReport = { kind: "played", lease, trajectory };
    const receipt = new Promise<Receipt>((resolve) => this.#waiting.set(lease.token, resolve));
    let place = await this.#send(report);
    const asking = setInterval(() => {
      void this.#isLost(place)
        .then(async (lost) => {
          if (lost && this.#waiting.has(lease.token)) place = await this.#send(report);
        })
        .catch(() => {});
    }, ASK_AGAIN_MS);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    try {
      signal.throwIfAborted();
      return await Promise.race([receipt, aborted]);
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
    return (await this.#redis.xadd(boardKey(this.#run, "reports"), "*", "report", body)) ?? "";
  }

  /** The stream lost it, or its receipt was. */
  async #isLost(place: string): Promise<boolean> {
    return (await this.#redis.xrange(boardKey(this.#run, "reports"), place, place)).length === 0;
  }

  async #readReceipts(): Promise<void> {
    const key = boardKey(this.#run, `receipts:${this.#worker}`);
    while (!this.#closed) {
      const found = await this.#reader.blpop(key, BLOCK_SECONDS).catch(() => sleep(PAUSE_MS, null));
      if (found === null) continue;
      const receipt = JSON.parse(found[1]) as Receipt;
      this.#waiting.get(receipt.token)?.(receipt);
    }
  }
}
