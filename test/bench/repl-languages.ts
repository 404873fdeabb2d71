/** What the engine of each language costs: the first start, spawn of a worker, step, reset and fork, beside Python's in one run. */
import type { ForkableRepl, HostCallHandler } from "../../src/repl/repl.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import { PYTHON } from "../../src/languages/python/python.ts";
import { printTable, summarize, time, type Measurement } from "./measure.ts";

const LIMITS = { timeoutMs: 60_000, maxOutputChars: 2000 };
const STEPS = 1000;
/** A block that does next to nothing, in each language. */
const STEP: Readonly<Record<string, string>> = { sql: "SELECT 1", bash: "x=1", clojure: "(def x 1)" };

const onCall: HostCallHandler = (call) => Promise.resolve({ replies: call.prompts.map(() => "ok") });

export async function run({ json }: { json: boolean }): Promise<void> {
  const rows: Record<string, Measurement> = {};
  for (const name of LANGUAGE_NAMES) {
    const measured = await measureLanguage(name);
    for (const [what, values] of Object.entries(measured))
      rows[`${name} ${what}`] = summarize(values, "ms", rows[`${PYTHON} ${what}`]?.median);
  }
  if (json) console.log(JSON.stringify(rows));
  else printTable("the REPL's languages; the floor is Python's median", rows);
}

async function measureLanguage(name: string): Promise<Record<string, number[]>> {
  const language = languageNamed(name);
  const code = STEP[name] ?? "x = 1";
  const spawn = await time(
    5,
    async () => {
      const pool = language.openPool();
      const repl = await pool.acquire();
      await repl.start({ context: "context", seed: 1, onCall });
      await pool.close();
    },
    { warmUps: 1 },
  );
  const pool = language.openPool({ workerBytes: 0 });
  try {
    const repl = (await pool.acquire()) as ForkableRepl;
    const start = () => repl.start({ context: "context", seed: 1, onCall });
    await start();
    const step = await time(STEPS, () => repl.exec(code, LIMITS), { warmUps: 200 });
    const reset = await time(50, start);
    const fork = await time(20, async () => {
      const forked = await repl.fork(onCall);
      await forked.exec(code, LIMITS);
      await pool.release(forked);
    });
    return { spawn, step, reset, fork };
  } finally {
    await pool.close();
  }
}
