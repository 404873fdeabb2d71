/** Loads Pyodide once for all workers: the compiled module, the standard library, and the snapshot made of both. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { ErrorNames, LoadedEngine } from "./loaded-engine.ts";
import { readEngineSource } from "./engine-source.ts";
import type { Runtime } from "./protocol.ts";
import { toShared } from "./shared-bytes.ts";
import { loadSnapshot } from "./snapshot-cache.ts";
import type { Wheel } from "./wheels.ts";
import { wasm } from "../worker/wasm.js";

/** The loaded engine of Python. */
export interface LoadedRuntime extends LoadedEngine {
  readonly runtime: Runtime;
}

const ERROR_NAMES: ErrorNames = {
  time: "TimeoutError",
  memory: "MemoryError",
  stack: "RecursionError",
  permission: "PermissionError",
  system: "SystemError",
  exit: "SystemExit",
};

/** Loads the engine. The first load on a machine makes the snapshot, which takes some seconds. */
export async function loadRuntime(options: {
  maxHeapBytes: number;
  cacheFolder: string;
}): Promise<LoadedRuntime> {
  const folder = pathToFileURL(createRequire(import.meta.url).resolve("pyodide/package.json"));
  const read = (name: string) => readFile(new URL(name, folder));
  const reading = Promise.all([
    read("pyodide.asm.wasm"),
    read("python_stdlib.zip"),
    read("pyodide-lock.json"),
    read("pyodide.mjs"),
    read("pyodide.asm.mjs"),
  ]);
  const engine = readEngineSource();
  const [wasmBytes, stdlib, lockText, loader, glue] = await reading;
  // Compiling takes other threads, and the snapshot's key this one.
  const runtime = wasm.compile(wasmBytes).then((module): Runtime => ({
    module,
    stdlib: toShared(stdlib),
    pyodideUrl: new URL(".", folder).href,
    // An empty list of packages makes downloads impossible.
    lockFile: { ...(JSON.parse(lockText.toString()) as object), packages: {} },
    maxHeapBytes: options.maxHeapBytes,
    wheels: [],
  }));
  // Whoever loads the snapshot fails first if both do.
  runtime.catch(() => {});
  const { snapshot, key } = await loadSnapshot(
    runtime,
    engine,
    [wasmBytes, stdlib, loader, glue],
    options.cacheFolder,
  );
  return {
    runtime: await runtime,
    snapshot,
    key,
    title: "Python",
    errorNames: ERROR_NAMES,
  };
}

/**
 * The engine with wheels. Each worker imports them after the lockdown: they are part of the floor, not of the snapshot, so the
 * key alone changes.
 */
export function withWheels(loaded: LoadedRuntime, wheels: readonly Wheel[]): LoadedRuntime {
  if (wheels.length === 0) return loaded;
  const hash = createHash("sha256").update(loaded.key);
  for (const { name, bytes } of wheels) hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  const key = hash.digest("hex").slice(0, loaded.key.length);
  return { ...loaded, runtime: { ...loaded.runtime, wheels }, key };
}
