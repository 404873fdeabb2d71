/** Loads Python's engine for its pools. It needs none of their modules, so that an interpreter can start while they load. */
import envPaths from "env-paths";
import { startEarly } from "../engine/early.ts";
import type { LoadedEngine } from "../engine/loaded-engine.ts";
import { loadRuntime, type LoadedRuntime, withWheels } from "../engine/runtime.ts";

const MB = 2 ** 20;

/** The user's cache folder, the default folder for the interpreter's snapshot. */
export const CACHE_FOLDER = envPaths("rlm-gym", { suffix: "" }).cache;

/** What an engine is loaded with. */
export interface LoadOptions {
  readonly maxHeapBytes: number;
  /** The folder for the interpreter's snapshot. */
  readonly cacheFolder: string;
  /** A folder of pure-Python wheels that every interpreter imports; null for none. */
  readonly wheelFolder: string | null;
}

/** The default options. */
export const LOAD_DEFAULTS: LoadOptions = {
  maxHeapBytes: 512 * MB,
  cacheFolder: CACHE_FOLDER,
  wheelFolder: null,
};

const loads = new Map<string, Promise<LoadedRuntime>>();

/** Pools in one process share the compiled interpreter and its snapshot, whatever their wheels. */
export async function loadPython({
  maxHeapBytes,
  cacheFolder,
  wheelFolder,
}: LoadOptions): Promise<LoadedEngine> {
  const wheels =
    wheelFolder === null ? [] : await (await import("../engine/wheels.ts")).readWheels(wheelFolder);
  const key = JSON.stringify([maxHeapBytes, cacheFolder]);
  const load = loads.get(key) ?? loadRuntime({ maxHeapBytes, cacheFolder });
  loads.set(key, load);
  load.catch(() => loads.delete(key));
  return withWheels(await load, wheels);
}

/** Loads the engine, and starts an interpreter that the first pool with default bounds takes. Throws what loading throws. */
export async function startPythonEarly(): Promise<void> {
  startEarly(await loadPython(LOAD_DEFAULTS));
}
