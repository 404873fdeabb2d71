/** Loads Pyodide's files once for all workers: the compiled module, the standard library, and the snapshot made of both. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readEngineSource } from "./engine-source.ts";
import type { Runtime } from "./protocol.ts";
import { toShared } from "./shared-bytes.ts";
import { loadSnapshot } from "./snapshot-cache.ts";
import type { Wheel } from "./wheels.ts";
import { wasm } from "../worker/wasm.js";

export interface LoadedRuntime {
  readonly runtime: Runtime;
  readonly snapshot: Uint8Array<SharedArrayBuffer>;
  /** Names the build: states saved under one key can be restored under the same key only. */
  readonly key: string;
}

/** Loads the engine; the first load on a machine makes the snapshot, which takes some seconds. */
export async function loadRuntime(options: {
  maxHeapBytes: number;
  cacheFolder: string;
  wheels?: readonly Wheel[];
}): Promise<LoadedRuntime> {
  const folder = pathToFileURL(createRequire(import.meta.url).resolve("pyodide/package.json"));
  const read = (name: string) => readFile(new URL(name, folder));
  const [wasmBytes, stdlib, lockText, loader, glue, engine] = await Promise.all([
    read("pyodide.asm.wasm"),
    read("python_stdlib.zip"),
    read("pyodide-lock.json"),
    read("pyodide.mjs"),
    read("pyodide.asm.mjs"),
    readEngineSource(),
  ]);
  const runtime: Runtime = {
    module: await wasm.compile(wasmBytes),
    stdlib: toShared(stdlib),
    pyodideUrl: new URL(".", folder).href,
    // Without packages nothing can be downloaded.
    lockFile: { ...(JSON.parse(lockText.toString()) as object), packages: {} },
    maxHeapBytes: options.maxHeapBytes,
    wheels: options.wheels ?? [],
  };
  const { snapshot, key } = await loadSnapshot(
    runtime,
    engine,
    [wasmBytes, stdlib, loader, glue],
    options.cacheFolder,
  );
  return { runtime, snapshot, key: withWheels(key, runtime.wheels) };
}

/** Wheels are imported by each worker after the lockdown, so that they are no part of the snapshot, but of the floor. */
function withWheels(key: string, wheels: readonly Wheel[]): string {
  if (wheels.length === 0) return key;
  const hash = createHash("sha256").update(key);
  for (const { name, bytes } of wheels) hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  return hash.digest("hex").slice(0, key.length);
}
