/** A worker in a thread of this process, which shares memory with it. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { ExecReply, ExecRequest, WorkerRequest } from "./protocol.ts";
import type { LoadedEngine } from "./loaded-engine.ts";
import { WorkerThread } from "./worker-thread.ts";
import type { WorkerDied, WorkerLine } from "./worker-line.ts";
import { createControl, interrupt, wake } from "../worker/control.js";
import { createMailboxMemory, openMailbox } from "../guest/mailbox.js";

/** How long the event loop may stand still for a report. Blocks that do little take less, even on a busy machine. */
const WATCH_MS = 0.5;

/** The line to a worker thread. */
export class ThreadLine implements WorkerLine {
  readonly #thread: WorkerThread;
  readonly #control = createControl();
  readonly #calls: MessagePort;
  readonly #box;

  /** `base` is the floor, if another worker has made it. */
  constructor({ runtime, snapshot }: LoadedEngine, base: Uint8Array<SharedArrayBuffer> | null) {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.#calls = port1;
    const mailbox = createMailboxMemory();
    this.#box = openMailbox(mailbox);
    const control = this.#control;
    const data = { kind: "serve", runtime, snapshot, base, control, calls: port2, mailbox } as const;
    this.#thread = new WorkerThread(data, [port2]);
  }

  get died(): WorkerDied | null {
    return this.#thread.replies.died;
  }

  set onCall(hear: (id: number, body: Uint8Array) => void) {
    this.#thread.replies.onCall = hear;
  }

  reply<T>(): Promise<T> {
    return this.#thread.replies.next<T>();
  }

  post(request: WorkerRequest): void {
    if (request.type !== "exec" || !this.#box.give(request, false)) this.#thread.post(request);
    wake(this.#control);
  }

  postAndWatch(request: ExecRequest): ExecReply | null {
    const isGiven = this.#box.give(request, true);
    if (!isGiven) this.#thread.post(request);
    wake(this.#control);
    return isGiven ? this.#box.watch(WATCH_MS) : null;
  }

  answer(id: number, body: Uint8Array): void {
    this.#calls.postMessage({ id, body });
    wake(this.#control);
  }

  interrupt(): void {
    interrupt(this.#control);
  }

  hold(value: boolean): void {
    this.#thread.hold(value);
  }

  async terminate(reason = "the worker was ended"): Promise<void> {
    await this.#thread.terminate(reason);
    this.#calls.close();
  }
}
