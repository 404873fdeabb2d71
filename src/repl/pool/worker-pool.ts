/** The pool of REPLs in workers, whatever their language: any number of episodes over a few workers. */
import { spareMemory, WorkerRoom } from "./worker-room.ts";
import { PoolCore, type PoolOptions } from "./pool-core.ts";
import { KeptStates } from "../state/kept-states.ts";
import { WorkerRepl } from "./worker-repl.ts";
import type { ReplPool } from "../repl.ts";
import type { LoadedEngine } from "../engine/loaded-engine.ts";

const MB = 2 ** 20;
/** The default options of every pool. */
export const POOL_DEFAULTS: Omit<PoolOptions, "workerBytes"> = {
  size: 1,
  isolation: "thread",
  spares: 0,
  maxHeapBytes: 512 * MB,
  recycleHeapBytes: 256 * MB,
  graceMs: 1000,
  idleContextBytes: 256 * MB,
  hotStateBytes: 1024 * MB,
  coldStateBytes: 1024 * MB,
  onEvent: () => {},
};

/** What a pool and its lanes have together, since the bounds on saved states and on workers hold for all of them. */
export interface SharedByLanes {
  readonly states: KeptStates;
  readonly room: WorkerRoom;
}

/** The options of a pool: those of its workers, and `maxEpisodes`, which bounds the REPLs lent at the same time. */
export type WorkerPoolOptions = PoolOptions & { readonly maxEpisodes: number };

/**
 * REPLs in workers: any number of episodes share a few worker threads or processes, which start when first needed. Close the pool
 * at the end. Each engine has a subclass that loads it.
 */
export abstract class WorkerReplPool implements ReplPool {
  readonly #options: WorkerPoolOptions;
  readonly #lent = new Set<WorkerRepl>();
  readonly #waiting: (() => void)[] = [];
  readonly #lanes = new Map<number, WorkerReplPool>();
  readonly #shared: SharedByLanes;
  #core: Promise<PoolCore> | null = null;

  /** No worker starts before it is needed. @internal */
  protected constructor(
    options: Partial<PoolOptions> & { readonly maxEpisodes?: number | undefined },
    shared: SharedByLanes | null,
  ) {
    const { maxEpisodes = Infinity, workerBytes = spareMemory(), ...given } = options;
    this.#options = { ...POOL_DEFAULTS, ...given, workerBytes, maxEpisodes };
    const { hotStateBytes, coldStateBytes, isolation } = this.#options;
    this.#shared = shared ?? {
      states: new KeptStates(hotStateBytes, coldStateBytes),
      room: new WorkerRoom(workerBytes, isolation),
    };
  }

  /** Loads the engine, once for all pools of the process if it can. @internal */
  protected abstract load(): Promise<LoadedEngine>;
  /** Another pool with the same options, for a lane. @internal */
  protected abstract sibling(shared: SharedByLanes): WorkerReplPool;

  async acquire(options: { signal?: AbortSignal } = {}): Promise<WorkerRepl> {
    this.#core ??= this.#open();
    const core = await this.#core;
    while (this.#lent.size >= this.#options.maxEpisodes) await this.#turn(options.signal);
    options.signal?.throwIfAborted();
    const repl = new WorkerRepl(core);
    this.#lent.add(repl);
    return repl;
  }

  /** Loads the engine. Throws what loading it throws. */
  async ready(): Promise<void> {
    await (this.#core ??= this.#open());
  }

  /** Loads the engine and starts a worker before they are needed, while the caller does other work. */
  warm(): void {
    // What fails here fails again for whoever needs it.
    void (this.#core ??= this.#open()).then((core) => core.warm()).catch(() => {});
  }

  async release(repl: WorkerRepl): Promise<void> {
    await repl.close();
    if (this.#lent.delete(repl)) this.#waiting.shift()?.();
  }

  lane(depth: number): WorkerReplPool {
    const lane = this.#lanes.get(depth) ?? this.sibling(this.#shared);
    this.#lanes.set(depth, lane);
    return lane;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    const core = await this.#core?.catch(() => null);
    await core?.close();
    await this.#shared.states.close();
  }

  async #open(): Promise<PoolCore> {
    const core = new PoolCore(await this.load(), this.#options, {
      ...this.#shared,
      episodes: () => this.#lent.size,
    });
    await core.expectWheels();
    return core;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) return stop();
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiting.push(go);
    });
  }
}
