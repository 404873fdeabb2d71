/** The pool of REPLs that the flags of a verb ask for. */
import { UsageError } from "../../src/errors.ts";
import { PYTHON } from "../../src/languages/python/python.ts";
import { languageNamed } from "../../src/languages/registry.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { ReplLanguage } from "../../src/languages/language.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import { languagesIn } from "./prompt-flags.ts";
import type { WorkerReplPool } from "../../src/repl/pool/worker-pool.ts";

/** The pools of the flags' languages: the caller closes them. */
export interface FlaggedPools {
  readonly replsOf: (language: ReplLanguage) => ReplPool;
  /** Starts the one pool before it is needed; several start when they are needed. */
  warm(): void;
  close(): Promise<void>;
}

/** Opens the pool of the flags' language, or one for each if they name several. Throws as `replPoolFrom` does. */
export async function replPoolsFrom(
  flags: Parameters<typeof replPoolFrom>[0] & { readonly repl: string },
  size: number,
): Promise<FlaggedPools> {
  const languages = languagesIn(flags.repl);
  if (languages.length === 1) {
    const pool = await replPoolFrom(flags, size);
    return { replsOf: () => pool, warm: () => pool.warm(), close: () => pool.close() };
  }
  const pools = await Promise.all(
    languages.map(async (repl) => {
      const wheels = repl === PYTHON ? flags.wheels : undefined;
      return [repl, await replPoolFrom({ ...flags, repl, wheels }, size)] as const;
    }),
  );
  const byName = new Map(pools);
  return {
    replsOf: ({ name }) => byName.get(name)!,
    warm: () => {},
    close: async () => void (await Promise.all([...byName.values()].map((pool) => pool.close()))),
  };
}

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
