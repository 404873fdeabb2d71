/** A pool of REPLs of a language whose engine is a guest. */
import { expectKnown } from "../../known-options.ts";
import type { LoadedEngine } from "../engine/loaded-engine.ts";
import type { PoolOptions } from "../pool/pool-core.ts";
import { POOL_DEFAULTS, type SharedByLanes, WorkerReplPool } from "../pool/worker-pool.ts";
import { type GuestParts, loadGuest } from "./load-guest.ts";

/** What a pool is given: `maxEpisodes` bounds the REPLs lent at the same time. */
export type GuestPoolOptions = Partial<PoolOptions> & { readonly maxEpisodes?: number | undefined };

/** The parts of a guest, without the bound on memory, which is the pool's. */
export type GuestMaker = () => Promise<Omit<GuestParts, "maxHeapBytes">>;

/** REPLs of one language over a few workers, which start when first needed. Close the pool at the end. */
export class GuestReplPool extends WorkerReplPool {
  readonly #name: string;
  readonly #make: GuestMaker;
  readonly #given: GuestPoolOptions;

  /** Throws `UsageError` for an unknown option. @param name of the pool, for its errors @param shared what another lane has */
  constructor(
    name: string,
    make: GuestMaker,
    options: GuestPoolOptions = {},
    shared: SharedByLanes | null = null,
  ) {
    expectKnown(name, options, ["maxEpisodes", "workerBytes", ...Object.keys(POOL_DEFAULTS)]);
    super(options, shared);
    this.#name = name;
    this.#make = make;
    this.#given = options;
  }

  /** @internal */
  protected override async load(): Promise<LoadedEngine> {
    const { maxHeapBytes = POOL_DEFAULTS.maxHeapBytes } = this.#given;
    return await loadOnce(this.#name, maxHeapBytes, this.#make);
  }

  /** @internal */
  protected override sibling(shared: SharedByLanes): GuestReplPool {
    return new GuestReplPool(this.#name, this.#make, this.#given, shared);
  }
}

const loads = new Map<string, Promise<LoadedEngine>>();

/** Pools in one process share the compiled module. */
async function loadOnce(name: string, maxHeapBytes: number, make: GuestMaker): Promise<LoadedEngine> {
  const key = `${name} ${maxHeapBytes}`;
  const load = loads.get(key) ?? make().then((parts) => loadGuest({ ...parts, maxHeapBytes }));
  loads.set(key, load);
  load.catch(() => loads.delete(key));
  return await load;
}
