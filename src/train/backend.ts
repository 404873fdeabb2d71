/** Chooses what computes gradients: the native library if it loads, else WebAssembly, else plain JavaScript. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { UsageError } from "../errors.ts";
import { type BackendName, BACKENDS } from "./choices.ts";
import { registerMissingKernels } from "./wasm-kernels.ts";

/** Optional, so that the compiler must not look for it. */
const NATIVE_PACKAGE: string = "@tensorflow/tfjs-node";

/**
 * Opens the wanted backend, or else the first one that works. Logs which it is, and why others do not work. Throws `UsageError` if
 * the wanted one does not work here.
 */
export async function openBackend(
  log: (line: string) => void,
  wanted?: BackendName,
): Promise<{ readonly name: BackendName }> {
  // Keeps the library from advertising its native package on stderr.
  tf.enableProdMode();
  // Registers the gradients of all kernels.
  await import("@tensorflow/tfjs-layers");
  const reasons: string[] = [];
  for (const name of wanted ? [wanted] : BACKENDS) {
    try {
      await OPEN[name]();
      log(`backend: ${name}${reasons.length > 0 ? ` (${reasons.join("; ")})` : ""}`);
      return { name };
    } catch (error) {
      reasons.push(`${name} does not load: ${firstLine(error)}`);
    }
  }
  throw new UsageError(`no backend to train with: ${reasons.join("; ")}`);
}

const OPEN: Record<BackendName, () => Promise<void>> = {
  node: async () => {
    // The library calls a function that Node 23 has removed.
    const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
    old.isNullOrUndefined ??= (value) => value === null || value === undefined;
    await import(NATIVE_PACKAGE);
    await use("tensorflow");
  },
  wasm: async () => {
    const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
    setWasmPaths(`${folder}/`);
    // Threads would add numbers in a different order each time, and the networks are small.
    setThreadsCount(1);
    await use("wasm");
    registerMissingKernels();
  },
  cpu: async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    await use("cpu");
  },
};

async function use(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  await tf.ready();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
