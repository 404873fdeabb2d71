/** The pool of Python REPLs, in Pyodide. */
import { expectKnown } from "../../known-options.ts";
import type { LoadedEngine } from "../engine/loaded-engine.ts";
import type { PoolOptions } from "../pool/pool-core.ts";
import { POOL_DEFAULTS, type SharedByLanes, WorkerReplPool } from "../pool/worker-pool.ts";
import { LOAD_DEFAULTS, loadPython } from "./load.ts";

/** The options of a pool of Python REPLs. */
export interface PyodideOptions extends PoolOptions {
  /** The folder for the interpreter's snapshot. */
  readonly cacheFolder: string;
  /** A folder of pure-Python wheels that every interpreter imports; null for none. */
  readonly wheelFolder: string | null;
}

const DEFAULTS: Omit<PyodideOptions, "workerBytes"> = {
  ...POOL_DEFAULTS,
  ...LOAD_DEFAULTS,
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
    return await loadPython({ ...DEFAULTS, ...this.#given });
  }

  /** @internal */
  protected override sibling(shared: SharedByLanes): PyodideReplPool {
    return new PyodideReplPool(this.#given, shared);
  }
}
