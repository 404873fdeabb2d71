/** The host's line to a worker, wherever it runs: requests and replies in order, calls and interrupts. */
import type { ExecReply, ExecRequest, WorkerMessage, WorkerRequest } from "./protocol.ts";

/** A line to one worker. */
export interface WorkerLine {
  /** Set once the worker is gone; null before. */
  readonly died: WorkerDied | null;
  onCall: (id: number, body: Uint8Array) => void;
  /** The next reply that no caller waits for yet. Rejects with `WorkerDied`, or with the error that the worker replied. */
  reply<T>(): Promise<T>;
  post(request: WorkerRequest): void;
  /**
   * Posts a block, and waits for its report for a fraction of a millisecond, in which the event loop stands still. Null if the
   * reply is to come through `reply`.
   */
  postAndWatch?(request: ExecRequest): ExecReply | null;
  /** Gives Python the reply to a call. */
  answer(id: number, body: Uint8Array): void;
  /** Raises KeyboardInterrupt in Python at its next check for signals. */
  interrupt(): void;
  /** Sets whether the worker keeps this process alive. */
  hold(value: boolean): void;
  /** Ends the worker. Callers that wait for replies get `reason` as the error's message. */
  terminate(reason?: string): Promise<void>;
}

/** The error of a worker that is gone. */
export class WorkerDied extends Error {
  /** Whether its JavaScript heap was full, which only the code it ran can have caused. */
  readonly outOfMemory: boolean;
  /** Whether the host ended it. */
  readonly byHost: boolean;
  constructor(message: string, cause: { readonly outOfMemory?: boolean; readonly byHost?: boolean } = {}) {
    super(message);
    this.outOfMemory = cause.outOfMemory ?? false;
    this.byHost = cause.byHost ?? false;
  }
}

/** The callers that wait for a worker's replies, in order. */
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

  /** Rejects all callers. Only the first reason counts. */
  end(reason: WorkerDied): void {
    this.died ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.died);
  }
}
