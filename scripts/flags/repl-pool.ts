/** The pool of REPLs that the flags of a verb ask for. */
import { UsageError } from "../../src/errors.ts";
import { PYTHON } from "../../src/languages/python/python.ts";
import { languageNamed } from "../../src/languages/registry.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerReplPool } from "../../src/repl/pool/worker-pool.ts";

/** Opens a pool of the flags' language. Throws `UsageError` for wheels beside another language than Python. */
export async function replPoolFrom(
  flags: {
    readonly repl?: string;
    readonly isolation: "thread" | "process";
    readonly wheels?: string | undefined;
  },
  size: number,
  bounds: { readonly workerBytes?: number } = {},
): Promise<WorkerReplPool> {
  const { repl = PYTHON, isolation, wheels } = flags;
  if (repl !== PYTHON) {
    if (wheels !== undefined)
      throw new UsageError(`--wheels: only Python imports wheels, and --repl is ${repl}`);
    const pool = languageNamed(repl).openPool({ size, isolation, ...bounds }) as WorkerReplPool;
    // Reports a missing package before anything runs.
    await pool.ready();
    return pool;
  }
  const pool = new PyodideReplPool({ size, isolation, wheelFolder: wheels ?? null, ...bounds });
  // Reports a bad wheel before anything runs.
  if (wheels !== undefined) await pool.ready();
  return pool;
}
