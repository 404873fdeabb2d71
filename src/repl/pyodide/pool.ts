/** The pool of Python REPLs, in Pyodide. */
import envPaths from "env-paths";
import { expectKnown } from "../../known-options.ts";
import { startEarly } from "../engine/early.ts";
import type { LoadedEngine } from "../engine/loaded-engine.ts";
import { loadRuntime, type LoadedRuntime, withWheels } from "../engine/runtime.ts";
import { readWheels } from "../engine/wheels.ts";
import type { PoolOptions } from "../pool/pool-core.ts";
import { POOL_DEFAULTS, type SharedByLanes, WorkerReplPool } from "../pool/worker-pool.ts";

/** The user's cache folder, the default folder for the interpreter's snapshot. */
export const CACHE_FOLDER = envPaths("rlm-gym", { suffix: "" }).cache;

/** The options of a pool of Python REPLs. */
export interface PyodideOptions extends PoolOptions {
  /** The folder for the interpreter's snapshot. */
  readonly cacheFolder: string;
  /** A folder of pure-Python wheels that every interpreter imports; null for none. */
  readonly wheelFolder: string | null;
}

const DEFAULTS: Omit<PyodideOptions, "workerBytes"> = {
  ...POOL_DEFAULTS,
  cacheFolder: CACHE_FOLDER,
  wheelFolder: null,
};

/** What a pool of Python REPLs is given: `maxEpisodes` bounds the REPLs lent at the same time. */
export type PyodidePoolOptions = Partial<PyodideOptions> & { readonly maxEpisodes?: number };

/**
 * Python REPLs in Pyodide: any number of episodes share a few worker threads or processes, which start when first needed.
 * Close the pool at the end.
 */
export class PyodideReplPool extends WorkerReplPool {
  readonly #given: PyodidePoolOptions;

  /**
   * `maxEpisodes` bounds the REPLs lent at the same time; further ones wait. No worker starts before it is needed. Throws
   * `UsageError` for an unknown option.
   */
  constructor(options?: PyodidePoolOptions);
  /** @internal */
  constructor(options: PyodidePoolOptions, shared: SharedByLanes);
  constructor(options: PyodidePoolOptions = {}, shared: SharedByLanes | null = null) {
    expectKnown("PyodideReplPool", options, ["maxEpisodes", "workerBytes", ...Object.keys(DEFAULTS)]);
    super(options, shared);
    this.#given = options;
  }

  /** @internal */
  protected override async load(): Promise<LoadedEngine> {
    return await loadOnce({ ...DEFAULTS, ...this.#given });
  }

  /** @internal */
  protected override sibling(shared: SharedByLanes): PyodideReplPool {
    return new PyodideReplPool(this.#given, shared);
  }
}

/** Loads the engine, and starts an interpreter that the first pool with default bounds takes. Throws what loading throws. */
export async function startPythonEarly(): Promise<void> {
  startEarly(await loadOnce(DEFAULTS));
}

const loads = new Map<string, Promise<LoadedRuntime>>();

/** Pools in one process share the compiled interpreter and its snapshot, whatever their wheels. */
async function loadOnce({
  maxHeapBytes,
  cacheFolder,
  wheelFolder,
}: Pick<PyodideOptions, "maxHeapBytes" | "cacheFolder" | "wheelFolder">): Promise<LoadedEngine> {
  const wheels = wheelFolder === null ? [] : await readWheels(wheelFolder);
  const key = JSON.stringify([maxHeapBytes, cacheFolder]);
  const load = loads.get(key) ?? loadRuntime({ maxHeapBytes, cacheFolder });
  loads.set(key, load);
  load.catch(() => loads.delete(key));
  return withWheels(await load, wheels);
}
