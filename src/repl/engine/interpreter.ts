/** The host's side of one locked-down interpreter: typed requests, calls and interrupts. */
import { DataError, ReplError } from "../../errors.ts";
import { BlockClock } from "./block-clock.ts";
import { ProcessLine } from "./process-line.ts";
import type {
  ExecReply,
  ExecRequest,
  LoadRequest,
  StartReply,
  StartRequest,
  WorkerRequest,
} from "./protocol.ts";
import type { LoadedEngine } from "./loaded-engine.ts";
import type { InterpreterState } from "../state/state.ts";
import { ThreadLine } from "./thread-line.ts";
import { Turns } from "./turns.ts";
import { WorkerDied, type WorkerLine } from "./worker-line.ts";

/** Where a worker runs: in a thread of this process, or in a child process under Node's permission model. */
export type Isolation = "thread" | "process";

/** A worker starts in under a second and then imports the user's wheels. One that takes longer than this hangs. */
const MAX_SPAWN_MS = 120_000;
/** A block that took no longer is likely to be followed by one whose report is worth a wait of the event loop. */
const SHORT_MS = 1;
/** Blocks whose reports come at once keep the event loop from its other work no longer than this. */
const MOST_MS_WITHOUT_TURN = 2;
const LATE = `the worker did not start within ${MAX_SPAWN_MS / 1000} s; if wheels were added, the import of one may hang`;

/** The requests to all workers of this process whose replies have not come. */
let asked = 0;
const turns = new Turns(MOST_MS_WITHOUT_TURN);

/** A Python interpreter in a worker. Requests run one at a time. */
export class Interpreter {
  /** Bytes of the interpreter's memory after the last request. It never shrinks. */
  heapBytes: number;
  /** The memory that every episode starts from, shared by all interpreters of a runtime; null if a child process holds it. */
  readonly base: Uint8Array<SharedArrayBuffer> | null;
  /** Counts the time of the running block. */
  readonly clock = new BlockClock();
  readonly #line: WorkerLine;
  /** How long the last block took. */
  #lastMs = 0;

  private constructor(line: WorkerLine, base: Uint8Array<SharedArrayBuffer> | null, heapBytes: number) {
    this.#line = line;
    this.base = base;
    this.heapBytes = heapBytes;
  }

  /** Throws `DataError` if a wheel cannot be imported, and `WorkerDied` if the worker ends or does not start in time. */
  static async spawn(
    loaded: LoadedEngine,
    base: Uint8Array<SharedArrayBuffer> | null,
    isolation: Isolation = "thread",
  ): Promise<Interpreter> {
    const line = isolation === "process" ? new ProcessLine(loaded) : new ThreadLine(loaded, base);
    const late = setTimeout(() => void line.terminate(LATE), MAX_SPAWN_MS).unref();
    try {
      const floor = await line.reply<Uint8Array<SharedArrayBuffer> | number | string>();
      if (typeof floor === "string") throw new DataError(floor);
      line.hold(false);
      return typeof floor === "number"
        ? new Interpreter(line, null, floor)
        : new Interpreter(line, floor, floor.length);
    } catch (error) {
      await line.terminate();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  get died(): WorkerDied | null {
    return this.#line.died;
  }

  async start(request: Omit<StartRequest, "type">): Promise<StartReply> {
    return this.#sized(await this.#ask<StartReply>({ type: "start", ...request }));
  }

  async load(request: Omit<LoadRequest, "type">): Promise<void> {
    this.#sized(await this.#ask<{ heapBytes: number }>({ type: "load", ...request }));
  }

  /** Has the worker forget the episode that it holds. There is no reply: later requests wait for it. */
  clear(): void {
    if (!this.died) this.#line.post({ type: "clear" });
  }

  /** Throws `ReplError` if the worker dies while it saves. */
  async save(): Promise<InterpreterState> {
    try {
      return await this.#ask<InterpreterState>({ type: "save" });
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      const what = `the worker died before its state was saved: ${error.message}`;
      throw new ReplError(what, { cause: error });
    }
  }

  /** Runs a block. `onCall` gets the bytes of each request that Python makes, and answers through `reply`. */
  async exec(
    block: Omit<ExecRequest, "type">,
    onCall: (body: Uint8Array, reply: (body: Uint8Array) => void) => void,
  ): Promise<ExecReply> {
    this.#line.onCall = (id, body) =>
      onCall(body, (reply) => {
        if (!this.died) this.#line.answer(id, reply);
      });
    const request = { type: "exec", ...block } as const;
    const began = performance.now();
    const reply = this.#watched(request) ?? (await this.#replyOf<ExecReply>());
    this.#lastMs = performance.now() - began;
    return this.#sized(reply);
  }

  /** Posts a block. Its reply, if it comes at once, which is not waited for if another one may come meanwhile. */
  #watched(request: ExecRequest): ExecReply | null {
    const line = this.#line;
    if (asked === 0 && this.#lastMs < SHORT_MS && line.postAndWatch && turns.isSoon())
      return line.postAndWatch(request);
    line.post(request);
    return null;
  }

  /** Raises KeyboardInterrupt in Python at its next check for signals. */
  interrupt(): void {
    this.#line.interrupt();
  }

  async terminate(): Promise<void> {
    this.clock.close();
    await this.#line.terminate();
  }

  async #ask<T>(request: WorkerRequest): Promise<T> {
    this.#line.post(request);
    return await this.#replyOf<T>();
  }

  async #replyOf<T>(): Promise<T> {
    this.#line.hold(true);
    asked++;
    try {
      return await this.#line.reply<T>();
    } finally {
      asked--;
      this.#line.hold(false);
    }
  }

  #sized<T extends { heapBytes: number }>(reply: T): T {
    this.heapBytes = reply.heapBytes;
    return reply;
  }
}
