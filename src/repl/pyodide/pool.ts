/** The pool of Pyodide REPLs: any number of episodes over a few workers. */
import { createHash } from "node:crypto";
import envPaths from "env-paths";
import { PoolCore, type PoolOptions } from "./pool-core.ts";
import { KeptStates } from "../state/kept-states.ts";
import { PyodideRepl } from "./pyodide-repl.ts";
import type { ReplPool } from "../repl.ts";
import { expectKnown } from "../../known-options.ts";
import { loadRuntime, type LoadedRuntime } from "../engine/runtime.ts";
import { readWheels } from "../engine/wheels.ts";
import { spareMemory, WorkerRoom } from "./worker-room.ts";

/** The user's cache folder, the default folder for the interpreter's snapshot. */
export const CACHE_FOLDER = envPaths("rlm-gym", { suffix: "" }).cache;

const MB = 2 ** 20;
const DEFAULTS: Omit<PoolOptions, "workerBytes"> = {
  size: 1,
  isolation: "thread",
  spares: 0,
  maxHeapBytes: 512 * MB,
  recycleHeapBytes: 256 * MB,
  graceMs: 1000,
  idleContextBytes: 256 * MB,
  hotStateBytes: 1024 * MB,
  coldStateBytes: 1024 * MB,
  cacheFolder: CACHE_FOLDER,
  wheelFolder: null,
  onEvent: () => {},
};

/** What a pool and its lanes have together, since the bounds on saved states and on workers hold for all of them. */
interface Shared {
  readonly states: KeptStates;
  readonly room: WorkerRoom;
}

/**
 * Python REPLs in Pyodide: any number of episodes share a few worker threads or processes, which start when first needed.
 * Close the pool at the end.
 */
export class PyodideReplPool implements ReplPool {
  readonly #options: PoolOptions & { readonly maxEpisodes: number };
  readonly #lent = new Set<PyodideRepl>();
  readonly #waiting: (() => void)[] = [];
  readonly #lanes = new Map<number, PyodideReplPool>();
  readonly #shared: Shared;
  #core: Promise<PoolCore> | null = null;

  /**
   * `maxEpisodes` bounds the REPLs lent at the same time; further ones wait. No worker starts before it is needed. Throws
   * `UsageError` for an unknown option.
   */
  constructor(options?: Partial<PoolOptions> & { readonly maxEpisodes?: number });
  /** @internal */
  constructor(options: Partial<PoolOptions> & { readonly maxEpisodes?: number }, shared: Shared);
  constructor(
    options: Partial<PoolOptions> & { readonly maxEpisodes?: number } = {},
    shared: Shared | null = null,
  ) {
    expectKnown("PyodideReplPool", options, ["maxEpisodes", "workerBytes", ...Object.keys(DEFAULTS)]);
    const workerBytes = options.workerBytes ?? spareMemory();
    this.#options = { maxEpisodes: Infinity, ...DEFAULTS, ...options, workerBytes };
    const { hotStateBytes, coldStateBytes } = this.#options;
    this.#shared = shared ?? {
      states: new KeptStates(hotStateBytes, coldStateBytes),
      room: new WorkerRoom(workerBytes, this.#options.isolation),
    };
  }

  async acquire(options: { signal?: AbortSignal } = {}): Promise<PyodideRepl> {
    this.#core ??= this.#open();
    const core = await this.#core;
    while (this.#lent.size >= this.#options.maxEpisodes) await this.#turn(options.signal);
    options.signal?.throwIfAborted();
    const repl = new PyodideRepl(core);
    this.#lent.add(repl);
    return repl;
  }

  /** Loads the engine and the wheels. Throws the errors of `readWheels`, and `DataError` if a wheel cannot be imported. */
  async ready(): Promise<void> {
    await (this.#core ??= this.#open());
  }

  async release(repl: PyodideRepl): Promise<void> {
    await repl.close();
    if (this.#lent.delete(repl)) this.#waiting.shift()?.();
  }

  lane(depth: number): PyodideReplPool {
    const lane = this.#lanes.get(depth) ?? new PyodideReplPool(this.#options, this.#shared);
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
    const core = new PoolCore(await loadOnce(this.#options), this.#options, {
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

const loads = new Map<string, Promise<LoadedRuntime>>();

/** Pools in one process share the compiled interpreter and its snapshot. */
async function loadOnce({ maxHeapBytes, cacheFolder, wheelFolder }: PoolOptions): Promise<LoadedRuntime> {
  const wheels = wheelFolder === null ? [] : await readWheels(wheelFolder);
  const hashes = wheels.map(({ name, bytes }) => [name, createHash("sha256").update(bytes).digest("hex")]);
  const key = JSON.stringify([maxHeapBytes, cacheFolder, hashes]);
  const load = loads.get(key) ?? loadRuntime({ maxHeapBytes, cacheFolder, wheels });
  loads.set(key, load);
  load.catch(() => loads.delete(key));
  return await load;
}
