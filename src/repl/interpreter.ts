/** The host's end of one sealed interpreter: its requests with their types, its calls, its interrupts. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { ExecReply, LoadRequest, StartReply, StartRequest } from "./protocol.ts";
import type { LoadedRuntime } from "./runtime.ts";
import type { InterpreterState } from "./state.ts";
import { WorkerThread, type WorkerDied } from "./worker-thread.ts";

const SENT = 0;
const INTERRUPT = 1;
const SIGINT = 2;

export class Interpreter {
  /** Bytes of the interpreter's memory after the last request; it never shrinks. */
  heapBytes = 0;
  /** The floor of all interpreters of a runtime. */
  readonly base: Uint8Array<SharedArrayBuffer>;
  readonly #thread: WorkerThread;
  readonly #control: Int32Array;
  readonly #calls: MessagePort;

  private constructor(
    thread: WorkerThread,
    base: Uint8Array<SharedArrayBuffer>,
    control: Int32Array,
    calls: MessagePort,
  ) {
    this.#thread = thread;
    this.base = base;
    this.heapBytes = base.length;
    this.#control = control;
    this.#calls = calls;
  }

  static async spawn(
    loaded: LoadedRuntime,
    base: Uint8Array<SharedArrayBuffer> | null,
  ): Promise<Interpreter> {
    const control = new Int32Array(new SharedArrayBuffer(8));
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    const { runtime, snapshot } = loaded;
    const thread = new WorkerThread({ kind: "serve", runtime, snapshot, base, control, calls: port2 }, [
      port2,
    ]);
    try {
      const floor = await thread.reply<Uint8Array<SharedArrayBuffer>>();
      thread.hold(false);
      return new Interpreter(thread, floor, control, port1);
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  get died(): WorkerDied | null {
    return this.#thread.died;
  }

  async start(request: Omit<StartRequest, "type">): Promise<StartReply> {
    return this.#sized(await this.#ask<StartReply>({ type: "start", ...request }));
  }

  async load(request: Omit<LoadRequest, "type">): Promise<void> {
    this.#sized(await this.#ask<{ heapBytes: number }>({ type: "load", ...request }));
  }

  save(): Promise<InterpreterState> {
    return this.#ask<InterpreterState>({ type: "save" });
  }

  /** `onCall` gets the bytes of each request Python makes, and answers through `reply`. */
  async exec(
    code: string,
    maxOutputChars: number,
    onCall: (body: Uint8Array, reply: (body: Uint8Array) => void) => void,
  ): Promise<ExecReply> {
    this.#thread.onCall = (id, body) => onCall(body, (reply) => this.#reply(id, reply));
    return this.#sized(await this.#ask<ExecReply>({ type: "exec", code, maxOutputChars }));
  }

  /** Raises KeyboardInterrupt in Python, as soon as Python looks. */
  interrupt(): void {
    Atomics.store(this.#control, INTERRUPT, SIGINT);
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
    this.#calls.close();
  }

  async #ask<T>(request: object): Promise<T> {
    this.#thread.hold(true);
    try {
      this.#thread.post(request);
      this.#wake();
      return await this.#thread.reply<T>();
    } finally {
      this.#thread.hold(false);
    }
  }

  #sized<T extends { heapBytes: number }>(reply: T): T {
    this.heapBytes = reply.heapBytes;
    return reply;
  }

  #reply(id: number, body: Uint8Array): void {
    if (this.died) return;
    this.#calls.postMessage({ id, body });
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#control, SENT, 1);
    Atomics.notify(this.#control, SENT);
  }
}
