/** A worker thread and its replies in order; knows nothing of what is asked. */
import { setFlagsFromString } from "node:v8";
import { Worker, type TransferListItem } from "node:worker_threads";
import type { SnapshotData, WorkerData, WorkerMessage } from "./protocol.ts";

const JS_HEAP_MB = 512;
const STACK_MB = 4;

/** The worker is gone. `outOfMemory`: its JavaScript heap was full, which only the code it ran can have caused. */
export class WorkerDied extends Error {
  readonly outOfMemory: boolean;
  constructor(message: string, outOfMemory = false) {
    super(message);
    this.outOfMemory = outOfMemory;
  }
}

export class WorkerThread {
  /** Set once the worker is gone, whoever ended it. */
  died: WorkerDied | null = null;
  onCall: (id: number, body: Uint8Array) => void = () => {};
  readonly #worker: Worker;
  readonly #waiting: { resolve: (value: never) => void; reject: (error: Error) => void }[] = [];

  constructor(data: SnapshotData | WorkerData, transfer: TransferListItem[] = []) {
    this.#worker = startSealed(data, transfer);
    this.#worker.on("message", (message: WorkerMessage) => this.#hear(message));
    this.#worker.on("error", (error: Error & { code?: string }) => {
      this.#end(new WorkerDied(error.message, error.code === "ERR_WORKER_OUT_OF_MEMORY"));
    });
    this.#worker.on("exit", (code) => this.#end(new WorkerDied(`the worker ended with code ${code}`)));
  }

  /** The next reply nobody waits for yet. Rejects with `WorkerDied`, or with the error the worker replied. */
  reply<T>(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.died) reject(this.died);
      else this.#waiting.push({ resolve, reject });
    });
  }

  post(message: unknown): void {
    this.#worker.postMessage(message);
  }

  /** Whether the process stays alive for the worker's sake; it does while the worker is being ended. */
  hold(value: boolean): void {
    if (this.died) return;
    if (value) this.#worker.ref();
    else this.#worker.unref();
  }

  async terminate(): Promise<void> {
    this.#end(new WorkerDied("the worker was ended"));
    await this.#worker.terminate();
  }

  #hear(message: WorkerMessage): void {
    if (this.died) return;
    if (message.type === "call") return this.onCall(message.id, message.body);
    const next = this.#waiting.shift();
    if (message.error === undefined) next?.resolve(message.value as never);
    else next?.reject(new Error(message.error));
  }

  #end(reason: WorkerDied): void {
    this.died ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.died);
  }
}

let starting = 0;

/** Starts a worker in whose realm strings never become code. The switch is the process's, so it is on only while workers start. */
function startSealed(workerData: SnapshotData | WorkerData, transferList: TransferListItem[]): Worker {
  if (starting++ === 0) setFlagsFromString("--disallow-code-generation-from-strings");
  const worker = new Worker(new URL("./worker/main.js", import.meta.url), {
    workerData,
    transferList,
    env: {},
    execArgv: [],
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: JS_HEAP_MB, stackSizeMb: STACK_MB },
  });
  let counted = true;
  const done = () => {
    if (counted && --starting === 0) setFlagsFromString("--no-disallow-code-generation-from-strings");
    counted = false;
  };
  worker.once("online", done);
  worker.once("exit", done);
  return worker;
}
