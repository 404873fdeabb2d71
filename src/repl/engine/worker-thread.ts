/** A worker thread and its replies in order. */
import type { TransferListItem, Worker } from "node:worker_threads";
import type { SnapshotData, WorkerData, WorkerMessage } from "./protocol.ts";
import { inShortTurns } from "./short-turns.ts";
import { Replies, WorkerDied } from "./worker-line.ts";
import { startLockedDown } from "../worker/start-locked-down.js";

/** Starts a worker thread and collects its replies, whatever the requests are. */
export class WorkerThread {
  readonly replies = new Replies();
  readonly #worker: Worker;

  constructor(data: SnapshotData | WorkerData, transfer: TransferListItem[] = []) {
    this.#worker = startLockedDown(data, transfer);
    this.#worker.on("message", (message: WorkerMessage) => inShortTurns(() => this.replies.hear(message)));
    this.#worker.on("error", (error: Error & { code?: string }) => {
      const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#died(new WorkerDied(error.message, { outOfMemory }));
    });
    this.#worker.on("exit", (code) => this.#died(new WorkerDied(`the worker ended with code ${code}`)));
  }

  /** Comes after what the worker had sent. */
  #died(reason: WorkerDied): void {
    inShortTurns(() => this.replies.end(reason));
  }

  post(message: unknown): void {
    this.#worker.postMessage(message);
  }

  hold(value: boolean): void {
    if (this.replies.died) return;
    if (value) this.#worker.ref();
    else this.#worker.unref();
  }

  async terminate(reason = "the worker was ended"): Promise<void> {
    this.replies.end(new WorkerDied(reason, { byHost: true }));
    await this.#worker.terminate();
  }
}
