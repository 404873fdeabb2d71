/** What all REPLs of a pool share: the seats, the contexts, and the making and retiring of interpreters. */
import { DataError, ReplError } from "../../errors.ts";
import type { ExecOutcome } from "../../types.ts";
import { Interpreter, type Isolation } from "../engine/interpreter.ts";
import { KeptStates } from "../state/kept-states.ts";
import { Layers } from "./layers.ts";
import type { LoadedRuntime } from "../engine/runtime.ts";
import { Seats, type Seat } from "./seats.ts";

/** What happens in a pool, for whoever watches it. */
export type PoolEvent =
  | { readonly type: "spawn"; readonly ms: number }
  | { readonly type: "recycle"; readonly heapBytes: number }
  /** A worker died by itself. */
  | { readonly type: "death"; readonly message: string }
  /** A block after which the interpreter had to be restored. */
  | { readonly type: "lost"; readonly outcome: ExecOutcome };

/** How many workers a pool has, how they are isolated, and what they may hold; sizes are in bytes, times in milliseconds. */
export interface PoolOptions {
  /** Workers, each with a thread of its own: blocks that may run at the same time. */
  readonly size: number;
  /** Where workers run. A process of its own costs memory and time, and holds an engine's bug to what it may reach. */
  readonly isolation: Isolation;
  /** Workers kept ready to replace one that is lost. */
  readonly spares: number;
  /** Memory of one interpreter; beyond it Python raises MemoryError. */
  readonly maxHeapBytes: number;
  /** A worker whose memory has grown past this is replaced before it takes another episode's state. */
  readonly recycleHeapBytes: number;
  /** Time between the interrupt at a block's deadline and the end of its worker. */
  readonly graceMs: number;
  /** Memory for contexts that no episode uses at the moment. */
  readonly idleContextBytes: number;
  /** Memory for the saved states of episodes; those used longest ago are compressed beyond it. */
  readonly hotStateBytes: number;
  /** Memory for the compressed states of all episodes together; further ones go to files in the folder for temporary ones. */
  readonly coldStateBytes: number;
  /** Where the interpreter's snapshot is kept. */
  readonly cacheFolder: string;
  /** A folder of pure-Python wheels that every interpreter finds imported; null for none. */
  readonly wheelFolder: string | null;
  readonly onEvent: (event: PoolEvent) => void;
}

export class PoolCore {
  readonly seats: Seats;
  readonly layers: Layers;
  readonly states: KeptStates;
  readonly #options: PoolOptions;
  readonly #loaded: LoadedRuntime;
  readonly #spares: Promise<Interpreter>[] = [];
  #base: Uint8Array<SharedArrayBuffer> | null = null;
  #closed = false;

  constructor(loaded: LoadedRuntime, options: PoolOptions, states: KeptStates) {
    this.#loaded = loaded;
    this.#options = options;
    this.seats = new Seats(options.size);
    this.layers = new Layers(options.idleContextBytes);
    this.states = states;
  }

  get key(): string {
    return this.#loaded.key;
  }

  get graceMs(): number {
    return this.#options.graceMs;
  }

  emit(event: PoolEvent): void {
    this.#options.onEvent(event);
  }

  /** Starts the first interpreter ahead of time, and keeps it ready. Throws `DataError` where a wheel cannot be imported. */
  async expectWheels(): Promise<void> {
    if (this.#loaded.runtime.wheels.length === 0) return;
    const first = await this.#spawn();
    this.#spares.push(Promise.resolve(first));
  }

  /** An interpreter for a leased seat: the one that is there, unless it is dead or has grown too big. */
  async prepare(seat: Seat): Promise<Interpreter> {
    const grown = seat.interpreter && seat.interpreter.heapBytes > this.#options.recycleHeapBytes;
    if (seat.interpreter && grown) {
      this.emit({ type: "recycle", heapBytes: seat.interpreter.heapBytes });
      await seat.interpreter.terminate();
    }
    if (!seat.interpreter || seat.interpreter.died) {
      seat.sitter = null;
      seat.interpreter = null;
      seat.layerId = null;
      seat.interpreter = await (this.#spares.shift() ?? this.#spawn());
      this.#fillSpares();
    }
    return seat.interpreter;
  }

  release(seat: Seat): void {
    if (seat.interpreter?.died) seat.interpreter = seat.sitter = null;
    this.seats.release(seat);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.seats.close(new ReplError("the pool of REPLs is closed"));
    const spares = await Promise.allSettled(this.#spares.splice(0));
    const made = spares.map((spare) => (spare.status === "fulfilled" ? spare.value : null));
    const interpreters = [...this.seats.all.map((seat) => seat.interpreter), ...made];
    await Promise.all(interpreters.map(async (interpreter) => await interpreter?.terminate()));
  }

  #fillSpares(): void {
    while (!this.#closed && this.#spares.length < this.#options.spares) {
      const spare = this.#spawn();
      spare.catch(() => this.#spares.splice(this.#spares.indexOf(spare), 1));
      this.#spares.push(spare);
    }
  }

  async #spawn(): Promise<Interpreter> {
    if (this.#closed) throw new ReplError("the pool of REPLs is closed");
    const startedAt = performance.now();
    try {
      const interpreter = await Interpreter.spawn(this.#loaded, this.#base, this.#options.isolation);
      this.#base ??= interpreter.base;
      this.emit({ type: "spawn", ms: performance.now() - startedAt });
      return interpreter;
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new ReplError(`a Python worker could not be started: ${String(error)}`, { cause: error });
    }
  }
}
