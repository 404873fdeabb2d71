/** What all REPLs of a pool share: the slots, the contexts, and the interpreters as they start and end. */
import { DataError, ReplError } from "../../errors.ts";
import type { ExecOutcome } from "../../types.ts";
import { Interpreter, type Isolation } from "../engine/interpreter.ts";
import { KeptStates } from "../state/kept-states.ts";
import { Layers } from "./layers.ts";
import type { LoadedRuntime } from "../engine/runtime.ts";
import { Slots, type Slot } from "./slots.ts";

/** An event in a pool, for monitoring. */
export type PoolEvent =
  | { readonly type: "spawn"; readonly ms: number }
  | { readonly type: "recycle"; readonly heapBytes: number }
  /** A worker died by itself. */
  | { readonly type: "death"; readonly message: string }
  /** A block after which the interpreter had to be restored. */
  | { readonly type: "lost"; readonly outcome: ExecOutcome };

/** A pool's workers: their number, isolation and bounds. Sizes are in bytes, times in milliseconds. */
export interface PoolOptions {
  /** Number of workers, which is how many blocks can run at the same time. Each has a thread of its own. */
  readonly size: number;
  /** Where workers run. A separate process costs memory and time, and limits what a bug in the engine can reach. */
  readonly isolation: Isolation;
  /** Workers kept ready to replace lost ones. */
  readonly spares: number;
  /** Memory of one interpreter. Beyond it Python raises MemoryError. */
  readonly maxHeapBytes: number;
  /** A worker whose memory has grown past this is replaced before it takes another episode's state. */
  readonly recycleHeapBytes: number;
  /** Time from the interrupt at a block's deadline until its worker is killed. */
  readonly graceMs: number;
  /** Memory for contexts that no episode is using. */
  readonly idleContextBytes: number;
  /** Memory for the saved states of episodes. Beyond it, the least recently used ones are compressed. */
  readonly hotStateBytes: number;
  /** Memory for the compressed states of all episodes together. Further ones go to files in the system's temporary folder. */
  readonly coldStateBytes: number;
  /** The folder for the interpreter's snapshot. */
  readonly cacheFolder: string;
  /** A folder of pure-Python wheels that every interpreter imports; null for none. */
  readonly wheelFolder: string | null;
  readonly onEvent: (event: PoolEvent) => void;
}

/** The shared parts of an open pool. */
export class PoolCore {
  readonly slots: Slots;
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
    this.slots = new Slots(options.size);
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

  /** Starts the first interpreter early if there are wheels. Throws `DataError` if a wheel cannot be imported. */
  async expectWheels(): Promise<void> {
    if (this.#loaded.runtime.wheels.length === 0) return;
    const first = await this.#spawn();
    this.#spares.push(Promise.resolve(first));
  }

  /** Returns the interpreter of a leased slot, after replacing one that is dead or has grown too big. */
  async prepare(slot: Slot): Promise<Interpreter> {
    const grown = slot.interpreter && slot.interpreter.heapBytes > this.#options.recycleHeapBytes;
    if (slot.interpreter && grown) {
      this.emit({ type: "recycle", heapBytes: slot.interpreter.heapBytes });
      await slot.interpreter.terminate();
    }
    if (!slot.interpreter || slot.interpreter.died) {
      slot.occupant = null;
      slot.interpreter = null;
      slot.layerId = null;
      slot.interpreter = await (this.#spares.shift() ?? this.#spawn());
      this.#fillSpares();
    }
    return slot.interpreter;
  }

  release(slot: Slot): void {
    if (slot.interpreter?.died) slot.interpreter = slot.occupant = null;
    this.slots.release(slot);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.slots.close(new ReplError("the pool of REPLs is closed"));
    const spares = await Promise.allSettled(this.#spares.splice(0));
    const made = spares.map((spare) => (spare.status === "fulfilled" ? spare.value : null));
    const interpreters = [...this.slots.all.map((slot) => slot.interpreter), ...made];
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
