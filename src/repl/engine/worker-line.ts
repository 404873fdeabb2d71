/** What an interpreter's host needs of a worker, wherever that runs: requests and replies in order, calls, interrupts. */
import type { WorkerMessage, WorkerRequest } from "./protocol.ts";

export interface WorkerLine {
  /** Set once the worker is gone, whoever ended it. */
  readonly died: WorkerDied | null;
  onCall: (id: number, body: Uint8Array) => void;
  /** The next reply nobody waits for yet. Rejects with `WorkerDied`, or with the error the worker replied. */
  reply<T>(): Promise<T>;
  post(request: WorkerRequest): void;
  /** Gives Python the reply to a call. */
  answer(id: number, body: Uint8Array): void;
  /** Raises KeyboardInterrupt in Python, as soon as Python looks. */
  interrupt(): void;
  /** Whether the process stays alive for the worker's sake; it does while the worker is being ended. */
  hold(value: boolean): void;
  /** `reason`: what those who wait for replies are told. */
  terminate(reason?: string): Promise<void>;
}

/** The worker is gone. */
export class WorkerDied extends Error {
  /** Its JavaScript heap was full, which only the code it ran can have caused. */
  readonly outOfMemory: boolean;
  /** The host ended it, for its own reasons. */
  readonly byHost: boolean;
  constructor(message: string, cause: { readonly outOfMemory?: boolean; readonly byHost?: boolean } = {}) {
    super(message);
    this.outOfMemory = cause.outOfMemory ?? false;
    this.byHost = cause.byHost ?? false;
  }
}

/** Who waits for a worker's replies, in order. */
export class Replies {
  died: WorkerDied | null = null;
  onCall: (id: number, body: Uint8Array) => void = () => {};
  readonly #waiting: { resolve: (value: never) => void; reject: (error: Error) => void }[] = [];

  next<T>(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.died) reject(this.died);
      else this.#waiting.push({ resolve, reject });
    });
  }

  hear(message: WorkerMessage): void {
    if (this.died) return;
    if (message.type === "call") return this.onCall(message.id, message.body);
    const next = this.#waiting.shift();
    if (message.error === undefined) next?.resolve(message.value as never);
    else next?.reject(new Error(message.error));
  }

  /** Only the first reason counts. */
  end(reason: WorkerDied): void {
    this.died ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.died);
  }
}
