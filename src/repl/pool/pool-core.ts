/** What all REPLs of a pool share: the slots, the contexts, and the interpreters as they start and end. */
import { DataError, ReplError } from "../../errors.ts";
import type { ExecOutcome } from "../../types.ts";
import { takeEarly } from "../engine/early.ts";
import { Interpreter, type Isolation } from "../engine/interpreter.ts";
import { KeptStates } from "../state/kept-states.ts";
import { Layers } from "./layers.ts";
import type { ErrorNames, LoadedEngine } from "../engine/loaded-engine.ts";
import { Slots, type Slot } from "./slots.ts";
import type { WorkerRoom } from "./worker-room.ts";

/**
 * A worker is added when the lack of one has cost this part of its start. Time in which nothing could run is worth more than work
 * that was done twice: a start takes a processor from those that run.
 */
const WORTH = { starved: 1 / 3, displaced: 1 } as const;

/** What a worker's start takes on a current processor, until the pool has measured one. */
const FIRST_SPAWN_MS: Readonly<Record<Isolation, number>> = { thread: 250, process: 2000 };

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
  /**
   * How many blocks run at the same time, and how many workers there are at least. Each has a thread of its own. A block that waits
   * for the host does not count, and while the host's thread is busy, twice as many have a turn.
   */
  readonly size: number;
  /**
   * Memory for workers, beyond which none is added to the first `size`. With more workers fewer episodes have to share one: a
   * worker is added once their taking turns has cost as much as its start, or a wait for one a third of that. 0: never more
   * than `size`.
   * Default: a third of the memory that is available when the pool is made.
   */
  readonly workerBytes: number;
  /** Where workers run. A separate process costs memory and time, and limits what a bug in the engine can reach. */
  readonly isolation: Isolation;
  /** Workers kept ready to replace lost ones. */
  readonly spares: number;
  /** Memory of one interpreter. Beyond it code gets an error, such as Python's MemoryError. */
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
  readonly onEvent: (event: PoolEvent) => void;
}

/** The shared parts of an open pool. */
export class PoolCore {
  readonly slots: Slots;
  readonly layers: Layers;
  readonly states: KeptStates;
  readonly #options: PoolOptions;
  readonly #loaded: LoadedEngine;
  readonly #spares: Promise<Interpreter>[] = [];
  #base: Uint8Array<SharedArrayBuffer> | null = null;
  #closed = false;

  readonly #room: WorkerRoom;
  readonly #episodes: () => number;
  readonly #workers = () => this.slots.all.flatMap(({ interpreter }) => interpreter ?? []);
  /** What the lack of a worker has cost since the last one was added, by its worth. */
  #lackMs = 0;
  /** What the last start of a worker took. */
  #spawnMs: number;
  readonly #adding = new Set<Promise<void>>();

  constructor(
    loaded: LoadedEngine,
    options: PoolOptions,
    { states, room, episodes }: { states: KeptStates; room: WorkerRoom; episodes: () => number },
  ) {
    this.#loaded = loaded;
    this.#options = options;
    this.slots = new Slots({
      atOnce: options.size,
      onLack: (ms, cause) => this.lack(ms, cause),
    });
    this.layers = new Layers(options.idleContextBytes);
    this.states = states;
    this.#room = room;
    this.#episodes = episodes;
    this.#spawnMs = FIRST_SPAWN_MS[options.isolation];
    room.join(this.#workers);
  }

  get key(): string {
    return this.#loaded.key;
  }

  get title(): string {
    return this.#loaded.title;
  }

  get errorNames(): ErrorNames {
    return this.#loaded.errorNames;
  }

  get graceMs(): number {
    return this.#options.graceMs;
  }

  emit(event: PoolEvent): void {
    this.#options.onEvent(event);
  }

  /** Starts the first interpreter early, if none has started. */
  warm(): void {
    if (
      this.#closed ||
      this.#spares.length > 0 ||
      this.slots.all.some((slot) => slot.busy || slot.interpreter)
    )
      return;
    this.#keepSpare(this.#spawn());
  }

  /** Starts the first interpreter early if there are wheels. Throws `DataError` if a wheel cannot be imported. */
  async expectWheels(): Promise<void> {
    if (!("wheels" in this.#loaded.runtime) || this.#loaded.runtime.wheels.length === 0) return;
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
    if (this.slots.all.length > this.#options.size && this.#room.isOver) void this.#retire();
  }

  /** Counts what the lack of a worker has cost. Once it is worth the start of one, another one starts. */
  lack(ms: number, cause: "displaced" | "starved"): void {
    // With far more episodes than workers there is room for, a further worker would spare few of them a displacement.
    if (cause === "displaced" && this.#episodes() > 2 * this.#room.fits) return;
    this.#lackMs += ms / WORTH[cause];
    if (this.#closed || this.#lackMs < this.#spawnMs) return;
    if (this.#adding.size >= this.#options.size || this.#room.isFull) return;
    this.#lackMs = 0;
    const adding = this.#add().catch(() => undefined);
    this.#adding.add(adding);
    void adding.finally(() => this.#adding.delete(adding));
  }

  async #add(): Promise<void> {
    const startedAt = performance.now();
    const added = await this.#room.whileStarting(() => this.#spawn());
    // A busy machine makes a start look dearer than it is.
    this.#spawnMs = Math.min(this.#spawnMs, performance.now() - startedAt);
    if (this.#closed) await added.terminate();
    else this.slots.add(added);
  }

  /** Ends the workers that were idle for longest, until the others fit into the room: interpreters grow as they run. */
  async #retire(): Promise<void> {
    const idle = this.slots.all.filter(({ busy }) => !busy).toSorted((a, b) => a.usedAt - b.usedAt);
    for (const slot of idle) {
      if (slot.busy || this.slots.all.length <= this.#options.size || !this.#room.isOver) return;
      const interpreter = await this.slots.remove(slot);
      await interpreter?.terminate();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.slots.close(new ReplError("the pool of REPLs is closed"));
    this.#room.leave(this.#workers);
    await Promise.all(this.#adding);
    const spares = await Promise.allSettled(this.#spares.splice(0));
    const made = spares.map((spare) => (spare.status === "fulfilled" ? spare.value : null));
    const interpreters = [...this.slots.all.map((slot) => slot.interpreter), ...made];
    await Promise.all(interpreters.map(async (interpreter) => await interpreter?.terminate()));
  }

  #fillSpares(): void {
    while (!this.#closed && this.#spares.length < this.#options.spares) {
      this.#keepSpare(this.#spawn());
    }
  }

  #keepSpare(spare: Promise<Interpreter>): void {
    this.#spares.push(spare);
    spare.catch(() => {
      const at = this.#spares.indexOf(spare);
      if (at >= 0) void this.#spares.splice(at, 1);
    });
  }

  async #spawn(): Promise<Interpreter> {
    if (this.#closed) throw new ReplError("the pool of REPLs is closed");
    const startedAt = performance.now();
    try {
      const { isolation } = this.#options;
      const early = isolation === "thread" ? takeEarly(this.#loaded) : undefined;
      const interpreter = await (early ?? Interpreter.spawn(this.#loaded, this.#base, isolation));
      this.#base ??= interpreter.base;
      this.emit({ type: "spawn", ms: performance.now() - startedAt });
      return interpreter;
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new ReplError(`a ${this.#loaded.title} worker could not be started: ${String(error)}`, {
        cause: error,
      });
    }
  }
}
